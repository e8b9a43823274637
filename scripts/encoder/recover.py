"""Makes floats again of what `bot/weights` holds, so that a lesson can go on (`--continue-from`) on a machine that has
not kept the last one's: `kept.pt` and `danger.pt` beside this file. The frozen layers come from the base."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import onnx
import torch
from danger import KEPT_DANGER
from export import WEIGHTS
from model import APART, FROZEN, Danger, Encoder, Layer
from onnx import numpy_helper
from torch import Tensor, nn
from tune import KEPT

LINEAR = ("q", "k", "v", "ao", "fi", "fo.main")

_NOTHING = np.zeros(0)


class Graph:
    """An exported file: its tensors, and which node made what."""

    def __init__(self, path: Path) -> None:
        graph = onnx.load(path).graph
        self._tensors = {tensor.name: numpy_helper.to_array(tensor) for tensor in graph.initializer}
        self._maker = {output: node for node in graph.node for output in node.output}
        self._adders = {name: node for node in graph.node if node.op_type == "Add" for name in node.input}
        multiplied = (node.input[1] for node in graph.node if node.op_type == "MatMul")
        self._apart = [name for name in multiplied if self._tensors.get(name, _NOTHING).shape[:1] == (APART,)]

    def tensor(self, name: str) -> Tensor:
        """One of those that are floats in the file."""
        return torch.from_numpy(self._tensors[name].copy())

    def weight(self, bias: str) -> Tensor:
        """The weight whose product that bias is added to; a row an output."""
        adder = self._adders[bias]
        (product,) = (name for name in adder.input if name != bias)
        node = self._maker[product]
        while node.op_type != "MatMulInteger":
            node = self._maker[node.input[0]]
        name = node.input[1].removesuffix("_quantized")
        whole = self._tensors[f"{name}_quantized"].astype("float32") - self._tensors[f"{name}_zero_point"]
        return torch.from_numpy(whole * self._tensors[f"{name}_scale"]).T

    def apart(self, row: int) -> Tensor:
        """The weight of the channels that were set apart in the file's layer of that number."""
        return self.tensor(self._apart[row]).T


def fill(layers: nn.ModuleList, graph: Graph, prefix: str, first: int) -> None:
    """Give the layers what the file has under that prefix, from the layer of number `first` on."""
    with torch.no_grad():
        for row, layer in enumerate(layers):
            assert isinstance(layer, Layer)
            name = f"{prefix}.layers.{first + row}"
            for part in LINEAR:
                weight = graph.weight(f"{name}.{part}.bias")
                whole = torch.cat([weight, graph.apart(row)], 1) if part == "fo.main" else weight
                linear = nn.Linear(*reversed(whole.shape))
                linear.weight.copy_(whole)
                linear.bias.copy_(graph.tensor(f"{name}.{part}.bias"))
                setattr(layer, part.partition(".")[0], linear)
            for norm in ("aln", "oln"):
                getattr(layer, norm).weight.copy_(graph.tensor(f"{name}.{norm}.weight"))
                getattr(layer, norm).bias.copy_(graph.tensor(f"{name}.{norm}.bias"))


def main() -> None:
    """Write both files."""
    encoder = Encoder()
    fill(encoder.layers[FROZEN:], Graph(WEIGHTS / "vectors.onnx"), "encoder", FROZEN)
    torch.save({"encoder": encoder.state_dict()}, KEPT)
    labels = json.loads((WEIGHTS / "danger.json").read_text(encoding="utf-8"))
    danger, graph = Danger(encoder, len(labels)), Graph(WEIGHTS / "danger.onnx")
    fill(danger.layers, graph, "danger", 0)
    with torch.no_grad():
        danger.head.weight.copy_(graph.weight("danger.head.bias"))
        danger.head.bias.copy_(graph.tensor("danger.head.bias"))
    torch.save({"danger": danger.state_dict(), "labels": labels}, KEPT_DANGER)


if __name__ == "__main__":
    main()
