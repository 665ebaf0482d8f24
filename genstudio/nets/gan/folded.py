"""Doubling by nearest neighbours and the convolution after it, as one transposed convolution and a sum."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor, nn


class DoublingConv(nn.Conv2d):
    """Doubles the sides by nearest neighbours and convolves with 3 × 3 weights, in a quarter of the products.

    To double is to put zeros between pixels and to sum over squares of two by two. Sums and convolutions may change
    places; convolved first, the zeros need not be multiplied, which is what a transposed convolution of stride 2 does.
    Weights are those of the plain convolution, so that what is learned, and how, is the same.

    Arguments:
        size: height and width of what is wanted, at most twice those of what comes in; the rest is cut off.
    """

    def __init__(self, inputs: int, outputs: int, size: tuple[int, int]) -> None:
        super().__init__(inputs, outputs, 3, padding=1)
        self.size = size

    def forward(self, x: Tensor) -> Tensor:
        """Features (N, outputs, *size) of features (N, inputs, H, W)."""
        kernel = self.weight.transpose(0, 1).flip(2, 3).contiguous(memory_format=torch.channels_last)
        spread = F.conv_transpose2d(x, kernel, stride=2)
        found = F.avg_pool2d(spread, 2, stride=1, divisor_override=1)[..., : self.size[0], : self.size[1]]
        # Added afterwards: within the convolution, oneDNN takes long over its gradient.
        return found if self.bias is None else found + self.bias[:, None, None]


def channels_innermost(net: nn.Module) -> None:
    """Let weights lie in memory as convolutions on processors like them."""
    for weight in net.parameters():
        if weight.dim() == 4:
            weight.data = weight.data.contiguous(memory_format=torch.channels_last)
