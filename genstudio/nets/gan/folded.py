"""Doubling by nearest neighbours and the convolution after it, as one transposed convolution."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor, nn

# How the 3 taps that slide over doubled pixels fall on the 4 of a transposed convolution over the pixels themselves:
# of each pair of equal pixels, one tap or the sum of two sees it.
_FOLD = ((0.0, 0.0, 1.0), (0.0, 1.0, 1.0), (1.0, 1.0, 0.0), (1.0, 0.0, 0.0))


class DoublingConv(nn.Conv2d):
    """Doubles the sides by nearest neighbours and convolves with 3 × 3 weights, 2.25 times as few products as in turn.

    Weights are those of the plain convolution, so that what is learned, and how, is the same.

    Arguments:
        size: height and width of what is wanted, at most twice those of what comes in; the rest is cut off.
    """

    fold: Tensor

    def __init__(self, inputs: int, outputs: int, size: tuple[int, int]) -> None:
        super().__init__(inputs, outputs, 3, padding=1)
        self.size = size
        self.register_buffer("fold", torch.tensor(_FOLD), persistent=False)

    def forward(self, x: Tensor) -> Tensor:
        """Features (N, outputs, *size) of features (N, inputs, H, W)."""
        kernel = self.fold @ self.weight.transpose(0, 1) @ self.fold.T
        kernel = kernel.contiguous(memory_format=torch.channels_last)
        found = F.conv_transpose2d(x, kernel, stride=2, padding=1)[..., : self.size[0], : self.size[1]]
        # Added afterwards: within the convolution, oneDNN takes long over its gradient.
        return found if self.bias is None else found + self.bias[:, None, None]


def channels_innermost(net: nn.Module) -> None:
    """Let weights lie in memory as convolutions on processors like them."""
    for weight in net.parameters():
        if weight.dim() == 4:
            weight.data = weight.data.contiguous(memory_format=torch.channels_last)
