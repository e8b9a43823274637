"""The encoder in PyTorch: a BERT whose lower layers are frozen and whose vectors are the mean of its tokens; and the
layers beside its upper ones that tell danger."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import torch
from base import read_base
from torch import Tensor, nn
from torch.nn import functional

ROWS = Path(__file__).with_name("rows.json")
POSITIONS = 192
FROZEN = 6
DEEP = 9
APART = 16
"""Channels inside each layer that are kept in floats: a few are ten times as large as all others, and eight bits for
all of them together would leave the others none (Dettmers et al. 2022, LLM.int8)."""
DROPOUT = 0.1
HEAD = 32
"""Channels of a head."""
OPERATIONS = "com.microsoft"
"""Where the runtime keeps operations of its own."""
FAR = -1e4
"""What is added to the attention on padding."""


class SplitLinear(nn.Module):
    """A linear map whose last APART inputs are multiplied apart from the others."""

    def __init__(self, whole: nn.Linear) -> None:
        super().__init__()
        inputs = whole.in_features - APART
        self.main, self.apart = nn.Linear(inputs, whole.out_features), nn.Linear(APART, whole.out_features, bias=False)
        with torch.no_grad():
            self.main.weight.copy_(whole.weight[:, :inputs])
            self.main.bias.copy_(whole.bias)
            self.apart.weight.copy_(whole.weight[:, inputs:])

    def forward(self, x: Tensor) -> Tensor:
        """As the whole."""
        return self.main(x[..., :-APART]) + self.apart(x[..., -APART:])


class Attention(torch.autograd.Function):
    """What the heads of a layer gather, (texts, tokens, heads * HEAD), as one operation of the runtime, which does it
    faster than its ten parts. Only for export: it cannot be taught."""

    @staticmethod
    def forward(_: Any, q: Tensor, k: Tensor, v: Tensor, mask: Tensor, heads: int) -> Tensor:
        """`mask` is 1 for a word and 0 for padding."""
        return attended(q, k, v, mask, heads)

    @staticmethod
    def symbolic(graph: Any, q: Any, k: Any, v: Any, mask: Any, heads: int) -> Any:
        """The operation's name and inputs."""
        bias = graph.op("prim::Constant")
        bias.setType(torch._C.NoneType.get())
        whole = graph.op("Cast", mask, to_i=torch.onnx.TensorProtoDataType.INT32)
        return graph.op(f"{OPERATIONS}::MultiHeadAttention", q, k, v, bias, whole, num_heads_i=heads).setType(q.type())


def attended(q: Tensor, k: Tensor, v: Tensor, mask: Tensor, heads: int) -> Tensor:
    """As `Attention`, and to be taught."""

    def parts(y: Tensor) -> Tensor:
        return y.reshape(y.shape[0], y.shape[1], heads, HEAD).transpose(1, 2)

    far = ((1 - mask).to(q.dtype) * FAR)[:, None, None, :]
    shares = torch.softmax(parts(q) @ parts(k).transpose(-1, -2) / HEAD**0.5 + far, -1)
    return (shares @ parts(v)).transpose(1, 2).reshape(q.shape)


class Layer(nn.Module):
    """One layer of BERT, normalised after each half."""

    def __init__(self, size: int) -> None:
        super().__init__()
        self.resize(size, size, 4 * size)
        self.aln, self.oln = nn.LayerNorm(size, 1e-12), nn.LayerNorm(size, 1e-12)
        self.drop = nn.Dropout(DROPOUT)

    def resize(self, size: int, gathered: int, inner: int) -> None:
        """Make it so wide inside, with weights that mean nothing yet; `gathered` is HEAD for each head."""
        self.q, self.k, self.v = (nn.Linear(size, gathered) for _ in range(3))
        self.ao = nn.Linear(gathered, size)
        self.fi, self.fo = nn.Linear(size, inner), nn.Linear(inner, size)

    def gathered(self, x: Tensor, mask: Tensor) -> Tensor:
        """What its heads gather of the tokens."""
        attend = Attention.apply if torch.onnx.is_in_onnx_export() else attended
        return attend(self.q(x), self.k(x), self.v(x), mask, self.q.out_features // HEAD)

    def forward(self, x: Tensor, mask: Tensor) -> Tensor:
        """Tokens in, tokens out; `mask` is 1 for a word and 0 for padding."""
        x = self.aln(x + self.drop(self.ao(self.gathered(x, mask))))
        return self.oln(x + self.drop(self.fo(functional.gelu(self.fi(x)))))

    def set_apart(self, order: Tensor) -> None:
        """Put the inner channels into that order, the largest last, and multiply those apart."""
        with torch.no_grad():
            self.fi.weight.copy_(self.fi.weight[order].clone())
            self.fi.bias.copy_(self.fi.bias[order].clone())
            self.fo.weight.copy_(self.fo.weight[:, order].clone())
        self.fo = SplitLinear(self.fo)


class Encoder(nn.Module):
    """multilingual-e5-small with the kept rows of its vocabulary."""

    def __init__(self) -> None:
        super().__init__()
        base = read_base()
        assert base.hidden == base.heads * HEAD
        rows = [0, 1, 2, 3, *json.loads(ROWS.read_text(encoding="utf-8"))]
        self.word = nn.Embedding(len(rows), base.hidden)
        self.pos = nn.Embedding(POSITIONS, base.hidden)
        self.ln = nn.LayerNorm(base.hidden, 1e-12)
        self.layers = nn.ModuleList(Layer(base.hidden) for _ in range(base.layers))
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

    def words(self, ids: Tensor) -> Tensor:
        """What each token is before any layer: its row of the vocabulary, and of its place."""
        return self.ln(self.word(ids) + self.pos.weight[: ids.shape[1]][None])

    def lower(self, ids: Tensor, mask: Tensor) -> Tensor:
        """Through the frozen layers."""
        return through(self.layers[:FROZEN], self.words(ids), mask)

    def upper(self, x: Tensor, mask: Tensor) -> Tensor:
        """Through the taught layers, to one vector a text."""
        return mean(through(self.layers[FROZEN:], x, mask), mask)

    def forward(self, ids: Tensor, mask: Tensor) -> Tensor:
        """Vectors of length 1."""
        return functional.normalize(self.upper(self.lower(ids, mask), mask), dim=1)


class Danger(nn.Module):
    """Layers of its own, DEEP of them, begun as a copy of the encoder's first, and a score for each label."""

    def __init__(self, encoder: Encoder, labels: int) -> None:
        super().__init__()
        self.layers = copy.deepcopy(encoder.layers[:DEEP])
        self.head = nn.Linear(encoder.word.embedding_dim, labels)

    def fill(self, learned: dict[str, Tensor]) -> None:
        """Take what was learned, as wide as it is."""
        for number, layer in enumerate(self.layers):
            inside = (learned[f"layers.{number}.{part}.bias"].numel() for part in ("ao", "q", "fi"))
            layer.resize(*inside)
        self.load_state_dict(learned)

    def forward(self, x: Tensor, mask: Tensor) -> Tensor:
        """The encoder's `words` of some texts in, a row of scores a text out."""
        return self.head(functional.dropout(mean(through(self.layers, x, mask), mask), DROPOUT, self.training))


class Words(nn.Module):
    """What `words.onnx` holds: the vocabulary and the places, under everything else."""

    def __init__(self, encoder: Encoder) -> None:
        super().__init__()
        self.encoder = encoder

    def forward(self, ids: Tensor) -> Tensor:
        """A row a token."""
        return self.encoder.words(ids)


class Lower(nn.Module):
    """What `lower.onnx` holds: the frozen layers, under the vectors and the states of words."""

    def __init__(self, encoder: Encoder) -> None:
        super().__init__()
        self.layers = encoder.layers[:FROZEN]

    def forward(self, words: Tensor, mask: Tensor) -> Tensor:
        """A row a token."""
        return through(self.layers, words, mask)


class Meaning(nn.Module):
    """What `vectors.onnx` holds."""

    def __init__(self, encoder: Encoder) -> None:
        super().__init__()
        self.encoder, self.layers = encoder, encoder.layers[FROZEN:]

    def forward(self, hidden: Tensor, mask: Tensor) -> Tensor:
        """Vectors of length 1."""
        return functional.normalize(self.encoder.upper(hidden, mask), dim=1)


class Chances(nn.Module):
    """What `danger.onnx` holds."""

    def __init__(self, danger: Danger) -> None:
        super().__init__()
        self.danger, self.layers = danger, danger.layers

    def forward(self, words: Tensor, mask: Tensor) -> Tensor:
        """The probability of each label."""
        return torch.softmax(self.danger(words, mask), -1)


def through(layers: nn.ModuleList, x: Tensor, mask: Tensor) -> Tensor:
    """Through some layers; `mask` is 1 for a token and 0 for padding."""
    for layer in layers:
        x = layer(x, mask)
    return x


def mean(x: Tensor, mask: Tensor) -> Tensor:
    """The mean of each text's tokens."""
    weights = mask[:, :, None].to(x.dtype)
    return (x * weights).sum(1) / weights.sum(1)
