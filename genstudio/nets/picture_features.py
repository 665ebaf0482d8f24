"""Pictures as few numbers, by a network that was trained to tell photographs apart."""

from __future__ import annotations

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from torch import Tensor

from genstudio.nets.layer_graph import LayerGraph

Floats = NDArray[np.float64]


class PictureFeatures:
    """The last layer of a network, averaged over the picture.

    Arguments:
        net: takes pictures in red, green and blue, intensities from 0 to 1.
        side: height and width that pictures are brought to, pixels.
    """

    def __init__(self, net: LayerGraph, side: int) -> None:
        self._net = net
        self._side = side

    def __call__(self, pictures: NDArray[np.float32]) -> Floats:
        """Features (N, F) of pictures (N, C, H, W), grey or in colour, intensities from 0 to 1."""
        with torch.no_grad():
            seen = self._net(self._prepared(torch.from_numpy(np.ascontiguousarray(pictures, np.float32))))
            found: Floats = seen.mean(dim=(2, 3)).double().numpy()
        return found

    def _prepared(self, pictures: Tensor) -> Tensor:
        coloured = pictures if pictures.shape[1] == 3 else pictures[:, :1].expand(-1, 3, -1, -1)
        # Antialiased, so that large pictures lose what small ones cannot hold, and nothing is made up.
        resized = F.interpolate(coloured, size=(self._side, self._side), mode="bilinear", antialias=True)
        return resized.contiguous(memory_format=torch.channels_last)
