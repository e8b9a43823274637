"""The encoder in PyTorch: a BERT whose lower layers are frozen and whose vectors are the mean of its tokens."""

from __future__ import annotations

import json
from pathlib import Path

import torch
from base import read_base
from torch import Tensor, nn
from torch.nn import functional

ROWS = Path(__file__).with_name("rows.json")
POSITIONS = 192
FROZEN = 6
DROPOUT = 0.1
FAR = -1e4
"""What is added to the attention on padding."""


class Layer(nn.Module):
    """One layer of BERT, normalised after each half."""

    def __init__(self, size: int, heads: int) -> None:
        super().__init__()
        self.heads = heads
        self.q, self.k, self.v, self.ao = (nn.Linear(size, size) for _ in range(4))
        self.fi, self.fo = nn.Linear(size, 4 * size), nn.Linear(4 * size, size)
        self.aln, self.oln = nn.LayerNorm(size, 1e-12), nn.LayerNorm(size, 1e-12)
        self.drop = nn.Dropout(DROPOUT)

    def forward(self, x: Tensor, mask: Tensor) -> Tensor:
        """Tokens in, tokens out; `mask` is 0 for a word and far below 0 for padding."""

        def parts(y: Tensor) -> Tensor:
            return y.reshape(y.shape[0], y.shape[1], self.heads, -1).transpose(1, 2)

        q, k, v = parts(self.q(x)), parts(self.k(x)), parts(self.v(x))
        attention = torch.softmax(q @ k.transpose(-1, -2) / q.shape[-1] ** 0.5 + mask, -1)
        x = self.aln(x + self.drop(self.ao((attention @ v).transpose(1, 2).reshape(x.shape))))
        return self.oln(x + self.drop(self.fo(functional.gelu(self.fi(x)))))


class Encoder(nn.Module):
    """multilingual-e5-small with the kept rows of its vocabulary."""

    def __init__(self) -> None:
        super().__init__()
        base = read_base()
        rows = [0, 1, 2, 3, *json.loads(ROWS.read_text(encoding="utf-8"))]
        self.word = nn.Embedding(len(rows), base.hidden)
        self.pos = nn.Embedding(POSITIONS, base.hidden)
        self.ln = nn.LayerNorm(base.hidden, 1e-12)
        self.layers = nn.ModuleList(Layer(base.hidden, base.heads) for _ in range(base.layers))
        size = base.hidden
        shapes = {"q": (size, size), "k": (size, size), "v": (size, size), "ao": (size, size)}
        shapes |= {"fi": (4 * size, size), "fo": (size, 4 * size)}
        with torch.no_grad():
            words = base.tensor("emb.word", base.vocabulary, size)
            self.word.weight.copy_(torch.from_numpy(words[rows]))
            # Every text is of token type 0: its vector is added to the positions once and for all.
            places = base.tensor("emb.pos", 512, size)[:POSITIONS] + base.tensor("emb.type", 2, size)[0]
            self.pos.weight.copy_(torch.from_numpy(places))
            self.ln.weight.copy_(torch.tensor(base.tensor("emb.ln.w")))
            self.ln.bias.copy_(torch.tensor(base.tensor("emb.ln.b")))
            for number, layer in enumerate(self.layers):
                for name, shape in {**shapes, "aln": (), "oln": ()}.items():
                    part = getattr(layer, name)
                    part.weight.copy_(torch.tensor(base.tensor(f"l{number}.{name}.w", *shape)))
                    part.bias.copy_(torch.tensor(base.tensor(f"l{number}.{name}.b")))

    def lower(self, ids: Tensor, mask: Tensor) -> Tensor:
        """Through the frozen layers."""
        x = self.ln(self.word(ids) + self.pos.weight[: ids.shape[1]][None])
        return self._through(self.layers[:FROZEN], x, mask)

    def upper(self, x: Tensor, mask: Tensor) -> Tensor:
        """Through the taught layers, to one vector a text."""
        x = self._through(self.layers[FROZEN:], x, mask)
        weights = mask[:, :, None].to(x.dtype)
        return (x * weights).sum(1) / weights.sum(1)

    def forward(self, ids: Tensor, mask: Tensor) -> Tensor:
        """Vectors of length 1."""
        return functional.normalize(self.upper(self.lower(ids, mask), mask), dim=1)

    def _through(self, layers: nn.ModuleList, x: Tensor, mask: Tensor) -> Tensor:
        far = ((1 - mask).to(x.dtype) * FAR)[:, None, None, :]
        for layer in layers:
            x = layer(x, far)
        return x
