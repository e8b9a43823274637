"""Writes `bot/weights/encoder.onnx` and `danger.json` from what tune.py and danger.py kept: 8-bit weights, any batch,
any length."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Sequence
from pathlib import Path

import onnx
import torch
from danger import KEPT_DANGER
from model import APART, Both, Danger, Encoder, Layer
from onnxruntime.quantization import QuantType, quantize_dynamic
from teaching import ROOT, Reader
from torch import Tensor
from torch.nn import functional
from tune import KEPT, TOKENS, utterances

WEIGHTS = ROOT / "bot" / "weights"
LOOKED_AT = 200
"""Utterances by which the largest channels are found."""


def set_large_channels_apart(model: Both, texts: Sequence[str]) -> None:
    """See which inner channels of each layer grow large, and have them multiplied in floats."""
    reader = Reader(TOKENS)
    largest: dict[Layer, Tensor] = {}

    def look(layer: Layer, _: tuple[Tensor, ...], inner: Tensor) -> None:
        seen = functional.gelu(inner).abs().amax((0, 1))
        largest[layer] = torch.maximum(largest.get(layer, seen), seen)

    hooks = [
        layer.fi.register_forward_hook(lambda _, given, inner, layer=layer: look(layer, given, inner))
        for layer in model.layers
    ]
    with torch.no_grad():
        for text in texts:
            model(*reader.padded([text]))
    for hook, layer in zip(hooks, model.layers, strict=True):
        hook.remove()
        layer.set_apart(largest[layer].argsort())


def main() -> None:
    """Export and quantize."""
    encoder, kept = Encoder(), torch.load(KEPT_DANGER)
    encoder.load_state_dict(torch.load(KEPT)["encoder"])
    danger = Danger(encoder, len(kept["labels"]))
    danger.load_state_dict(kept["danger"])
    model = Both(encoder, danger).eval()
    texts = list(utterances())
    set_large_channels_apart(model, texts[:: len(texts) // LOOKED_AT])
    ids = torch.randint(4, 2000, (2, 12))
    axes = {name: {0: "texts", 1: "tokens"} for name in ("ids", "mask")}
    axes |= {name: {0: "texts"} for name in ("vectors", "danger")}
    with tempfile.TemporaryDirectory() as folder:
        whole = Path(folder) / "encoder.onnx"
        torch.onnx.export(
            model,
            (ids, torch.ones_like(ids)),
            str(whole),
            input_names=["ids", "mask"],
            output_names=["vectors", "danger"],
            dynamic_axes=axes,
            opset_version=17,
            dynamo=False,
        )
        quantize_dynamic(
            whole,
            WEIGHTS / "encoder.onnx",
            weight_type=QuantType.QInt8,
            per_channel=True,
            op_types_to_quantize=["MatMul", "Gather"],
            nodes_to_exclude=_apart(whole),
        )
    (WEIGHTS / "danger.json").write_text(json.dumps(kept["labels"], indent=1) + "\n", encoding="utf-8")


def _apart(path: Path) -> list[str]:
    """The multiplications of the channels that were set apart, which stay in floats."""
    graph = onnx.load(path).graph
    shapes = {tensor.name: list(tensor.dims) for tensor in graph.initializer}
    return [node.name for node in graph.node if any(shapes.get(name, [0])[0] == APART for name in node.input)]


if __name__ == "__main__":
    main()
