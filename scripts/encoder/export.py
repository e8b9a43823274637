"""Writes `bot/weights/encoder.onnx` from what tune.py kept: 8-bit weights, any batch, any length."""

from __future__ import annotations

import tempfile
from pathlib import Path

import torch
from model import Encoder
from onnxruntime.quantization import QuantType, quantize_dynamic
from tune import KEPT

ROOT = Path(__file__).resolve().parents[2]


def main() -> None:
    """Export and quantize."""
    encoder = Encoder()
    encoder.load_state_dict(torch.load(KEPT)["encoder"])
    encoder.eval()
    ids = torch.randint(4, 2000, (2, 12))
    axes = {"ids": {0: "texts", 1: "tokens"}, "mask": {0: "texts", 1: "tokens"}, "vectors": {0: "texts"}}
    with tempfile.TemporaryDirectory() as folder:
        whole = Path(folder) / "encoder.onnx"
        torch.onnx.export(
            encoder,
            (ids, torch.ones_like(ids)),
            str(whole),
            input_names=["ids", "mask"],
            output_names=["vectors"],
            dynamic_axes=axes,
            opset_version=17,
            dynamo=False,
        )
        quantize_dynamic(
            whole,
            ROOT / "bot" / "weights" / "encoder.onnx",
            weight_type=QuantType.QInt8,
            per_channel=True,
            op_types_to_quantize=["MatMul", "Gather"],
        )


if __name__ == "__main__":
    main()
