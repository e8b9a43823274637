"""Cuts the vocabulary to Chinese and English and writes `bot/weights/tokenizer.json` and the rows that are kept."""

from __future__ import annotations

import json
import re
import sys
from collections import Counter
from pathlib import Path

from base import Base, read_base
from opencc import OpenCC
from tokenizers import Regex, Tokenizer, models, normalizers, pre_tokenizers

ROOT = Path(__file__).resolve().parents[2]
ROWS = Path(__file__).with_name("rows.json")
SPECIAL = 4
"""Begin, padding, end and unknown stand first."""

SEEN = 3
"""An English piece counts when the text holds it so often, or when our own data holds it."""

_ASCII = re.compile(r"[\x21-\x7e]+")
_HAN = re.compile(r"[\u3400-\u9fff]")
_KANA_OR_HANGUL = re.compile(r"[\u3040-\u30ff\uac00-\ud7af]")
_SIGNS = re.compile(r"[\u2010-\u2027\u3000-\u303f\uff00-\uff65\u2600-\u27bf\U0001f300-\U0001faff°·…￥¥%㎡℃①-⑩]*")
_simple = OpenCC("t2s").convert


def is_english(piece: str) -> bool:
    """Lower-case ASCII; other languages' words are among them, and fall out by their frequency."""
    word = piece.replace("▁", "")
    return bool(_ASCII.fullmatch(word)) and word == word.lower()


def is_chinese_or_sign(piece: str) -> bool:
    """Simplified characters, with ASCII among them; or signs alone."""
    word = piece.replace("▁", "")
    if not _HAN.search(word):
        return bool(_SIGNS.fullmatch(word))
    plain = _ASCII.sub("", word).replace("·", "")
    return not _KANA_OR_HANGUL.search(word) and all(map(_HAN.match, plain)) and _simple(word) == word


def tokenizer(base: Base, rows: list[int]) -> Tokenizer:
    """The unigram tokenizer of those pieces, on text in small letters."""
    special = [("<s>", 0.0), ("<pad>", 0.0), ("</s>", 0.0), ("<unk>", 0.0)]
    made = Tokenizer(
        models.Unigram([*special, *((base.pieces[row], float(base.scores[row])) for row in rows)], unk_id=3)
    )
    made.normalizer = normalizers.Sequence(
        [
            normalizers.NFKC(),
            normalizers.Lowercase(),
            normalizers.Replace(Regex(r"\s+"), " "),
            normalizers.Strip(),
        ]
    )
    made.pre_tokenizer = pre_tokenizers.Metaspace(replacement="▁", prepend_scheme="always")
    return made


def main(english: Path) -> None:
    """Choose the pieces and write both files."""
    base = read_base()
    candidates = range(SPECIAL, len(base.pieces))
    chinese = [row for row in candidates if is_chinese_or_sign(base.pieces[row])]
    ascii_rows = [row for row in candidates if is_english(base.pieces[row])]
    everything = tokenizer(base, sorted({*chinese, *ascii_rows}))
    seen: Counter[str] = Counter()
    for line in everything.encode_batch(english.read_text(encoding="utf-8").lower().splitlines()):
        seen.update(line.tokens)
    ours = [path.read_text(encoding="utf-8").lower() for path in (ROOT / "data").rglob("*.yml")]
    for line in everything.encode_batch([line for text in ours for line in text.splitlines()]):
        seen.update(dict.fromkeys(line.tokens, SEEN))
    kept = {row for row in ascii_rows if seen[base.pieces[row]] >= SEEN or len(base.pieces[row]) <= 2}
    rows = sorted({*chinese, *kept})
    ROWS.write_text(json.dumps(rows), encoding="utf-8")
    tokenizer(base, rows).save(str(ROOT / "bot" / "weights" / "tokenizer.json"))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
