"""Writes `bot/weights/{words,lower,vectors,danger}.onnx` and `danger.json` from what tune.py and danger.py kept: 8-bit
weights, any batch, any length. Four files, because the runtime would run all layers of one, whatever was asked of it."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Sequence
from pathlib import Path

import onnx
import torch
from danger import KEPT_DANGER
from model import APART, OPERATIONS, Chances, Danger, Encoder, Layer, Lower, Meaning, Words
from onnxruntime.quantization import QuantType, quantize_dynamic
from teaching import ROOT, Reader
from torch import Tensor
from torch.nn import functional
from tune import KEPT, TOKENS, utterances

WEIGHTS = ROOT / "bot" / "weights"
LOOKED_AT = 200
"""Utterances by which the largest channels are found."""

PER_TOKEN = {"ids", "words", "mask", "hidden"}
"""What has a row a token; the rest has one a text."""

Part = Words | Lower | Meaning | Chances


def set_large_channels_apart(
    words: Words, lower: Lower, meaning: Meaning, chances: Chances, texts: Sequence[str]
) -> None:
    """See which inner channels of each layer grow large, and have them multiplied in floats."""
    reader = Reader(TOKENS)
    largest: dict[Layer, Tensor] = {}

    def look(layer: Layer, _: tuple[Tensor, ...], inner: Tensor) -> None:
        seen = functional.gelu(inner).abs().amax((0, 1))
        largest[layer] = torch.maximum(largest.get(layer, seen), seen)

    layers = [layer for part in (lower, meaning, chances) for layer in part.layers]
    hooks = [
        layer.fi.register_forward_hook(lambda _, given, inner, layer=layer: look(layer, given, inner))
        for layer in layers
    ]
    with torch.no_grad():
        for text in texts:
            ids, mask = reader.padded([text])
            begun = words(ids)
            meaning(lower(begun, mask), mask)
            chances(begun, mask)
    for hook, layer in zip(hooks, layers, strict=True):
        hook.remove()
        layer.set_apart(largest[layer].argsort())


def main() -> None:
    """Export and quantize."""
    encoder, kept = Encoder(), torch.load(KEPT_DANGER)
    encoder.load_state_dict(torch.load(KEPT)["encoder"])
    danger = Danger(encoder, len(kept["labels"]))
    danger.fill(kept["danger"])
    words, lower = Words(encoder).eval(), Lower(encoder).eval()
    meaning, chances = Meaning(encoder).eval(), Chances(danger).eval()
    texts = list(utterances())
    set_large_channels_apart(words, lower, meaning, chances, texts[:: len(texts) // LOOKED_AT])
    ids = torch.randint(4, 2000, (2, 12))
    mask = torch.ones_like(ids)
    with torch.no_grad():
        begun = words(ids)
        hidden = lower(begun, mask)
    write(words, {"ids": ids}, "words", "words.onnx")
    write(lower, {"words": begun, "mask": mask}, "hidden", "lower.onnx")
    write(meaning, {"hidden": hidden, "mask": mask}, "vectors", "vectors.onnx")
    write(chances, {"words": begun, "mask": mask}, "danger", "danger.onnx")
    (WEIGHTS / "danger.json").write_text(json.dumps(kept["labels"], indent=1) + "\n", encoding="utf-8")


def write(part: Part, inputs: dict[str, Tensor], output: str, name: str) -> None:
    """One of the files; `inputs` are examples by name."""
    axes = {each: {0: "texts", 1: "tokens"} if each in PER_TOKEN else {0: "texts"} for each in (*inputs, output)}
    with tempfile.TemporaryDirectory() as folder:
        whole = Path(folder) / name
        torch.onnx.export(
            part,
            tuple(inputs.values()),
            str(whole),
            input_names=list(inputs),
            output_names=[output],
            dynamic_axes=axes,
            opset_version=17,
            custom_opsets={OPERATIONS: 1},
            dynamo=False,
        )
        quantize_dynamic(
            whole,
            WEIGHTS / name,
            weight_type=QuantType.QInt8,
            per_channel=True,
            op_types_to_quantize=["MatMul", "Gather"],
            nodes_to_exclude=_apart(whole),
        )


def _apart(path: Path) -> list[str]:
    """The multiplications of the channels that were set apart, which stay in floats."""
    graph = onnx.load(path).graph
    shapes = {tensor.name: list(tensor.dims) for tensor in graph.initializer}
    return [node.name for node in graph.node if any(shapes.get(name, [0])[0] == APART for name in node.input)]


if __name__ == "__main__":
    main()
