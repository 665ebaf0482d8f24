"""A convolutional network that says how fine pixels are distributed, given coarse ones and fine ones before them."""

from __future__ import annotations

import itertools
from typing import NamedTuple, cast

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from genstudio.nets.flows.picture_levels import FINE_OFFSETS

FINE = len(FINE_OFFSETS)
"""Pixels of every 2 × 2 that a half-size picture leaves out."""
PARITIES = 2
ALL = slice(None)
START = 0.1
"""What a layer that adds to others is scaled by at first: training begins at the frequencies of each pixel."""


class Group(NamedTuple):
    """Fine pixels that are told at once.

    Arguments:
        place: in the order of groups.
        fine: which of every 2 × 2.
        channel: among the 3 C fine channels.
        where: the fields of the chessboard, shape (H, W), bool.
    """

    place: int
    fine: int
    channel: int
    where: Tensor


class MaskedConv(nn.Module):
    """A convolution some of whose channels do not see some others.

    Arguments:
        sees: which output channels see which input channels, shape (outputs, inputs), bool.
        size: of the kernel, odd.
    """

    sees: Tensor

    def __init__(self, sees: Tensor, size: int, scale: float = 1.0) -> None:
        super().__init__()
        self.register_buffer("sees", sees[:, :, None, None], persistent=False)
        seen = size * size * sees.sum(1).clamp(min=1)
        weight = torch.randn(*sees.shape, size, size) * (scale / seen.sqrt())[:, None, None, None]
        self.weight = nn.Parameter(weight.contiguous(memory_format=torch.channels_last))
        self.bias = nn.Parameter(torch.zeros(len(sees)))

    def forward(self, x: Tensor, rows: slice = ALL) -> Tensor:
        """Channels (N, outputs, H, W) of channels (N, inputs, H, W).

        Arguments:
            rows: outputs that are wanted; inputs beyond those that they see may be left out.
        """
        weight = (self.weight * self.sees)[rows, : x.shape[1]]
        return F.conv2d(x, weight, self.bias[rows], padding="same")


class Told:
    """What layers said of the groups so far, so that it need not be reckoned again for those that follow."""

    def __init__(self) -> None:
        self._layers: dict[MaskedConv, Tensor] = {}

    def grown(self, layer: MaskedConv, x: Tensor) -> Tensor:
        """What a layer is given of all groups so far, (N, channels, H, W), x being that of the newest one."""
        known = self._layers.get(layer)
        self._layers[layer] = x if known is None else torch.cat([known, x], 1)
        return self._layers[layer]


class Residual(nn.Module):
    """Adds to channels what two convolutions say of them: 3 × 3, then 1 × 1."""

    def __init__(self, sees: Tensor) -> None:
        super().__init__()
        self.around, self.at = MaskedConv(sees, 3), MaskedConv(sees, 1, START)

    def forward(self, x: Tensor) -> Tensor:
        """Channels of the same shape."""
        found: Tensor = x + self.at(F.relu(self.around(F.relu(x))))
        return found

    def newest(self, x: Tensor, rows: slice, told: Told) -> Tensor:
        """The same for the channels of the newest group alone, whose place among all is `rows`."""
        around = self.around(told.grown(self.around, F.relu(x)), rows)
        found: Tensor = x + self.at(told.grown(self.at, F.relu(around)), rows)
        return found


class FineConditioner(nn.Module):
    """Says for each of the fine pixels of a squeezed picture which histogram it has.

    Fine pixels come in groups: the three of every 2 × 2, of each those on the black and then those on the white
    fields of a chessboard, and of each its colours. A group sees the half-size picture and the groups before it, all
    over the picture; its pixels do not see each other.

    Arguments:
        colours: channels of the picture.
        size: height and width of the squeezed picture.
        channels: of the hidden layers, for each group.
        blocks: pairs of convolutions between the first and the last one.
    """

    chessboard: Tensor

    def __init__(
        self, colours: int, size: tuple[int, int], n_classes: int, *, channels: int, blocks: int, bins: int
    ) -> None:
        super().__init__()
        self.colours, self.channels = colours, channels
        hidden = torch.arange(FINE * PARITIES * colours).repeat_interleave(channels)
        sees = hidden[:, None] >= hidden
        self.first = MaskedConv(self._inputs_seen()[hidden], 3)
        self.place = nn.Parameter(torch.zeros(len(hidden), *size))
        self.classes = nn.Linear(n_classes, len(hidden), bias=False) if n_classes else None
        self.blocks = nn.Sequential(*(Residual(sees) for _ in range(blocks)))
        self.last = nn.Parameter(torch.randn(FINE * colours, channels, bins) * START / channels**0.5)
        self.usual = nn.Parameter(torch.zeros(*size, FINE * colours, bins))
        black = (torch.arange(size[0])[:, None] + torch.arange(size[1])) % 2 == 0
        self.register_buffer("chessboard", torch.stack([black, ~black]), persistent=False)

    def forward(self, y: Tensor, given: Tensor) -> Tensor:
        """Logits of the bins of the fine pixels, shape (N, H, W, 3 C, bins).

        Arguments:
            y: squeezed pictures, shape (N, 4 C, H, W), from 0 to 1.
            given: classes, shape (N, n_classes).
        """
        said = self.first(self._inputs(y)) + self.place
        if self.classes is not None:
            said = said + self.classes(given)[:, :, None, None]
        said = self._of_parity(F.relu(self.blocks(said)))
        logits = torch.einsum("nhwgc,gcb->nhwgb", said, self.last)
        return logits + self.usual

    def newest(self, y: Tensor, given: Tensor, group: Group, told: Told) -> Tensor:
        """The same for the pixels of one group alone, (N, H, W, 1, bins), the groups before it having been told."""
        rows = slice(group.place * self.channels, (group.place + 1) * self.channels)
        said = self.first(self._inputs(y), rows) + self.place[rows]
        if self.classes is not None:
            said = said + F.linear(given, self.classes.weight[rows])[:, :, None, None]
        for block in self.blocks:
            said = cast("Residual", block).newest(said, rows, told)
        logits = F.relu(said).permute(0, 2, 3, 1) @ self.last[group.channel]
        return (logits + self.usual[:, :, group.channel]).unsqueeze(3)

    def members(self) -> list[Group]:
        """The groups in their order."""
        places = itertools.product(range(FINE), range(PARITIES), range(self.colours))
        return [
            Group(place, fine, fine * self.colours + colour, self.chessboard[parity])
            for place, (fine, parity, colour) in enumerate(places)
        ]

    def _inputs_seen(self) -> Tensor:
        """Which groups see which of the channels of `_inputs`, shape (groups, 7 C)."""
        groups = torch.arange(FINE * PARITIES * self.colours)
        black, both = groups.view(FINE, PARITIES, self.colours).unbind(1)
        half, whole = groups[:, None] > black.flatten(), groups[:, None] > both.flatten()
        # Once both are told, what lies on black fields is seen together with what lies on white ones.
        return torch.cat([torch.ones(len(groups), self.colours, dtype=torch.bool), half & ~whole, whole], 1)

    def _inputs(self, y: Tensor) -> Tensor:
        """The half-size picture, the fine pixels on black fields alone, and all fine pixels; (N, 7 C, H, W)."""
        fine = y[:, self.colours:]
        together = torch.cat([y[:, : self.colours], fine * self.chessboard[0], fine], 1)
        return (2.0 * together).contiguous(memory_format=torch.channels_last)

    def _of_parity(self, said: Tensor) -> Tensor:
        """Of the channels (N, groups * channels, H, W) those of each pixel's own group, (N, H, W, 3 C, channels)."""
        groups = FINE, PARITIES, self.colours, self.channels
        apart = said.permute(0, 2, 3, 1).reshape(len(said), *said.shape[2:], *groups)
        black = self.chessboard[0, :, :, None, None, None]
        return torch.where(black, apart[:, :, :, :, 0], apart[:, :, :, :, 1]).flatten(3, 4)
