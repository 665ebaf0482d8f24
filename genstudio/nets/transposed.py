"""Transposed convolutions of 3 × 3, written so that processors compute them fast; the mathematics is torch's own."""

from __future__ import annotations

from itertools import product
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn


class UpConv(nn.ConvTranspose2d):
    """Doubles the sides.

    Arguments:
        missing: rows and columns, 0 or 1 each, that twice the sides have more than what is wanted.
    """

    def __init__(self, inputs: int, outputs: int, missing: tuple[int, int] = (0, 0)) -> None:
        super().__init__(
            inputs, outputs, 3, stride=2, padding=1, output_padding=(1 - missing[0], 1 - missing[1]), bias=False
        )
        # Added afterwards: within the convolution, oneDNN takes longer over its gradient than over that of the input.
        self.shift = nn.Parameter(torch.zeros(outputs, 1, 1))

    def forward(self, x: Tensor, output_size: list[int] | None = None) -> Tensor:
        """Features (N, outputs, H', W') of features (N, inputs, H, W)."""
        return super().forward(x, output_size).add_(self.shift)


class ToPixels(nn.ConvTranspose2d):
    """From many channels to the few of a picture, its sides as they are."""

    def __init__(self, inputs: int, outputs: int) -> None:
        super().__init__(inputs, outputs, 3, padding=1)

    def forward(self, x: Tensor, output_size: list[int] | None = None) -> Tensor:
        """Pixels (N, outputs, H, W) of features (N, inputs, H, W)."""
        if x.device.type != "cpu" or x.dtype != torch.float32:
            return super().forward(x, output_size)
        spread: Tensor = _Spread.apply(x, self.weight)  # type: ignore[no-untyped-call]
        return spread if self.bias is None else spread + self.bias[:, None, None]


class _Spread(torch.autograd.Function):
    """A transposed convolution by one matrix product: oneDNN is four times as slow where outputs are few."""

    @staticmethod
    def forward(ctx: Any, x: Tensor, weight: Tensor) -> Tensor:
        ctx.save_for_backward(x, weight)
        return _spread(x, weight)

    @staticmethod
    def backward(ctx: Any, gradient: Tensor) -> tuple[Tensor, Tensor]:
        x, weight = ctx.saved_tensors
        to_x, to_weight, _ = torch.ops.aten.convolution_backward(
            gradient.contiguous(memory_format=torch.channels_last), x, weight, None,
            (1, 1), (1, 1), (1, 1), True, (0, 0), 1, (True, True, False),
        )
        return to_x, to_weight


def _spread(x: Tensor, weight: Tensor) -> Tensor:
    """What each pixel of x gives its 3 × 3 neighbours, added up."""
    n, channels, height, width = x.shape
    given = x.permute(0, 2, 3, 1).reshape(-1, channels) @ weight.permute(0, 2, 3, 1).reshape(channels, -1)
    given = given.view(n, height, width, 3, 3, -1)
    # A frame takes up what falls outside.
    found = x.new_zeros(n, height + 2, width + 2, weight.shape[1])
    for down, right in product(range(3), range(3)):
        found[:, down:down + height, right:right + width] += given[:, :, :, down, right]
    return F.pad(found, (0, 0, -1, -1, -1, -1)).permute(0, 3, 1, 2)
