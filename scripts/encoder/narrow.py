"""Takes out of the layers for danger the heads and inner channels that matter least, and has those that stay do the
work of those that go: time grows with the width. A step between danger.py and export.py; danger.pt is written anew.

Layer by layer, what is left is fitted by least squares to what the whole layer makes of the training utterances, told
what the narrower layers below hand it. What goes first is what costs least (optimal brain surgeon: Hassibi and Stork
1993; of whole channels: Kurtic et al. 2023, "ZipLM").
"""

from __future__ import annotations

import argparse
import random
from collections.abc import Iterable, Sequence
from itertools import groupby

import torch
from danger import KEPT_DANGER, TOKENS
from model import HEAD, Danger, Encoder, Layer
from teaching import ROOT, Reader
from torch import Tensor, nn
from torch.nn import functional
from tune import KEPT

from bot.city import load_city
from bot.crisis.clues import load_clues
from bot.crisis.examples import ordinary_examples, own_examples
from bot.linear import is_held_out

COST = 0.08
"""What 48 inner channels may cost in a layer and stay out: the mean square, over all tokens, of what no fitting brings
back, in the scale of the layer's normalised output, its 384 channels summed."""

COST_OF_A_HEAD = 1.4 * COST
"""The same of a head, which takes as much time as 70 inner channels."""

STEP = 48
LEAST_INNER, LEAST_HEADS = 640, 3

RIDGE = 1e-3
"""How much the fit is drawn to the weights as they were, beside the mean square of a channel."""

OWN, EVERYDAY, LONG = 1_750, 450, 250
"""Utterances of data/crisis, of every day, and long ones of data/crisis that are looked at."""

LONG_TOKENS = 70
SEED = 3

Texts = list[Tensor]
"""A row a token, a tensor of those texts that are equally long."""


class Fit:
    """The weights of one linear map that best make `wanted` of some of its inputs, each token weighed by `weights`."""

    def __init__(self, whole: nn.Linear, outputs: Tensor) -> None:
        inputs = whole.in_features
        self._old = torch.cat([whole.weight.T, torch.zeros(1, whole.out_features)]).double()
        self._products = torch.zeros(inputs + 1, inputs + 1, dtype=torch.float64)
        self._wanted = torch.zeros(inputs + 1, whole.out_features, dtype=torch.float64)
        self._tokens = 0
        self._outputs = outputs.double()

    def see(self, given: Tensor, wanted: Tensor, weights: Tensor) -> None:
        """Some tokens more: what the map is given, (tokens, inputs), and should make of it."""
        with_bias = torch.cat([given, torch.ones(len(given), 1)], 1) * weights
        self._products += (with_bias.T @ with_bias).double()
        self._wanted += (with_bias.T @ (wanted * weights)).double()
        self._tokens += len(given)

    def ready(self) -> None:
        """All tokens were seen."""
        drawn = torch.full((len(self._products),), RIDGE * float(self._products.diagonal()[:-1].mean()))
        drawn[-1] = 0.0
        self._products += torch.diag(drawn.double())
        self._wanted += drawn.double()[:, None] * self._old

    def costs(self, kept: Tensor, size: int) -> Tensor:
        """What it would cost to take out each group of `size` of the inputs that are kept."""
        rows = torch.cat([kept, torch.tensor([len(self._products) - 1])])
        inverse = torch.linalg.inv(self._products[rows][:, rows])
        weights = (inverse @ self._wanted[rows])[:-1] * self._outputs
        blocks = torch.stack(
            [inverse[start : start + size, start : start + size] for start in range(0, len(kept), size)]
        )
        parts = weights.reshape(-1, size, weights.shape[1])
        return (parts * torch.linalg.solve(blocks, parts)).sum((1, 2)) / self._tokens

    def of(self, kept: Tensor) -> nn.Linear:
        """The map of those inputs alone."""
        rows = torch.cat([kept, torch.tensor([len(self._products) - 1])])
        found = torch.linalg.solve(self._products[rows][:, rows], self._wanted[rows]).float()
        linear = nn.Linear(len(kept), found.shape[1])
        linear.weight.copy_(found[:-1].T)
        linear.bias.copy_(found[-1])
        return linear


def rows(linear: nn.Linear, kept: Tensor) -> nn.Linear:
    """The map with those of its outputs alone."""
    fewer = nn.Linear(linear.in_features, len(kept))
    fewer.weight.copy_(linear.weight[kept])
    fewer.bias.copy_(linear.bias[kept])
    return fewer


def narrow_heads(layer: Layer, whole: Texts, narrowed: Texts) -> tuple[Texts, Texts]:
    """Take out heads; what both, the layer as it was and as it is, hand to its second half."""
    fit = Fit(layer.ao, layer.aln.weight)
    sums = []
    for was, is_now in zip(whole, narrowed, strict=True):
        sums.append(was + layer.ao(gathered(layer, was)))
        deviation = sums[-1].std(-1, keepdim=True).flatten(0, 1)
        fit.see(gathered(layer, is_now).flatten(0, 1), (sums[-1] - is_now).flatten(0, 1), 1 / deviation)
    fit.ready()
    kept = torch.arange(layer.ao.in_features)
    while len(kept) > LEAST_HEADS * HEAD:
        costs = fit.costs(kept, HEAD)
        if costs.min() > COST_OF_A_HEAD:
            break
        kept = kept.reshape(-1, HEAD)[torch.arange(len(costs)) != costs.argmin()].flatten()
    layer.q, layer.k, layer.v = (rows(part, kept) for part in (layer.q, layer.k, layer.v))
    layer.ao = fit.of(kept)
    halfway = [layer.aln(is_now + layer.ao(gathered(layer, is_now))) for is_now in narrowed]
    return [layer.aln(each) for each in sums], halfway


def narrow_inside(layer: Layer, whole: Texts, narrowed: Texts) -> tuple[Texts, Texts]:
    """Take out inner channels; what both, the layer as it was and as it is, hand to the next layer."""
    fit = Fit(layer.fo, layer.oln.weight)
    sums = []
    for was, is_now in zip(whole, narrowed, strict=True):
        sums.append(was + layer.fo(functional.gelu(layer.fi(was))))
        deviation = sums[-1].std(-1, keepdim=True).flatten(0, 1)
        given = functional.gelu(layer.fi(is_now)).flatten(0, 1)
        fit.see(given, (sums[-1] - is_now).flatten(0, 1), 1 / deviation)
    fit.ready()
    kept = torch.arange(layer.fo.in_features)
    while len(kept) - STEP >= LEAST_INNER:
        costs = fit.costs(kept, 1)
        cheapest = costs.argsort()[:STEP]
        if costs[cheapest].sum() > COST:
            break
        stays = torch.ones(len(kept), dtype=torch.bool)
        stays[cheapest] = False
        kept = kept[stays]
    layer.fi, layer.fo = rows(layer.fi, kept), fit.of(kept)
    handed_on = [layer.oln(is_now + layer.fo(functional.gelu(layer.fi(is_now)))) for is_now in narrowed]
    return [layer.oln(each) for each in sums], handed_on


def gathered(layer: Layer, x: Tensor) -> Tensor:
    """What the heads gather of texts without padding."""
    return layer.gathered(x, torch.ones(x.shape[:2]))


def looked_at(reader: Reader) -> Iterable[list[int]]:
    """The tokens of training utterances, none of them held out."""
    data, chance = ROOT / "data", random.Random(SEED)
    own = [text for text, _ in own_examples(data / "crisis") if not is_held_out(text)]
    ordinary = dict(ordinary_examples(data, load_clues(load_city())))
    everyday = [text for text in ordinary if not is_held_out(text)]
    chance.shuffle(own)
    chance.shuffle(everyday)
    long = [tokens for tokens in map(reader.tokens, own) if len(tokens) > LONG_TOKENS]
    return [*map(reader.tokens, [*own[:OWN], *everyday[:EVERYDAY]]), *long[:LONG]]


def of_equal_length(tokens: Iterable[Sequence[int]]) -> list[Tensor]:
    """Token numbers, those of equally long texts together."""
    return [torch.tensor(list(texts)) for _, texts in groupby(sorted(tokens, key=len), key=len)]


@torch.no_grad()
def main() -> None:
    """Write danger.pt anew."""
    encoder, kept = Encoder(), torch.load(KEPT_DANGER)
    encoder.load_state_dict(torch.load(KEPT)["encoder"])
    danger = Danger(encoder, len(kept["labels"]))
    danger.fill(kept["danger"])
    danger.eval()
    whole = [encoder.words(ids) for ids in of_equal_length(looked_at(Reader(TOKENS)))]
    narrowed = whole
    for number, layer in enumerate(danger.layers):
        assert isinstance(layer, Layer)
        whole, narrowed = narrow_inside(layer, *narrow_heads(layer, whole, narrowed))
        off = torch.cat([(a - b).flatten() for a, b in zip(whole, narrowed, strict=True)]).norm()
        share = off / torch.cat([a.flatten() for a in whole]).norm()
        print(f"layer {number}: {layer.q.out_features // HEAD} heads, {layer.fi.out_features} inner channels, off by {share:.3f}", flush=True)  # fmt: skip
    torch.save({"danger": danger.state_dict(), "labels": kept["labels"]}, KEPT_DANGER)


if __name__ == "__main__":
    argparse.ArgumentParser(description=__doc__).parse_args()
    main()
