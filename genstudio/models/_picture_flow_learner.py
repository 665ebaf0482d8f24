"""How flows of pictures descend: the negative log-probability of dequantized pictures, and a guard on the way back."""

from __future__ import annotations

import copy
from collections.abc import Iterator, Mapping

import torch
from torch import Tensor

from genstudio.models._deep import ROWS, pieces
from genstudio.models._one_net import FORGOTTEN, NET, BatchedItems, OneNetLearner, withheld
from genstudio.nets.flows.multiscale import MultiScaleFlow
from genstudio.nets.flows.picture_levels import CELL, LEVELS, dequantized
from genstudio.training.descent import Batch
from genstudio.training.events import Note
from genstudio.training.objective import Objective

WATCHED = 4
"""So many pictures are sent to the base and back at each validation."""
FARTHEST_APART = 1e-3
"""Pictures that come back with intensities, of 0 to 1, farther from where they were make figures that cannot be
trusted."""


class PictureFlowLearner(OneNetLearner[MultiScaleFlow]):
    """Trains a flow on pictures, raising the log-probability of their intensities.

    Arguments:
        items: those to learn from and those held out, intensities between 0 and 1.
    """

    def __init__(self, net: MultiScaleFlow, items: tuple[BatchedItems, BatchedItems]) -> None:
        super().__init__(net, items)
        self.objective = Objective(net)
        self._cells = CELL * net.n_pixels
        self._round_trip = 0.0

    def losses(self, batch: Batch) -> Iterator[tuple[str, Tensor]]:
        """The negative log-probability; some classes are withheld, so that pictures of none are known, too."""
        v, given = self._dequantized(self._train, batch.rows, batch.draw)
        given = withheld(given, FORGOTTEN, batch.draw)
        loss = -self.objective(v, given).mean()
        yield NET, loss
        self._figures = {"train": self._cells - float(loss.detach())}

    def validate(self, step: int) -> Mapping[str, float]:
        """The mean log-probability of the validation items, and how exactly pictures come back from the base."""
        items = self._valid if len(self._valid) else self._train
        # Always the same noise, so that validations can be compared.
        draw = torch.Generator(items.device).manual_seed(0)
        self._round_trip = self._there_and_back(items, draw)
        found = {"round_trip": self._round_trip}
        if items is self._valid:
            found["valid"] = self._mean_log_prob(items, draw)
        return found

    def remarks(self, step: int) -> Iterator[Note]:
        """The alarm where pictures do not come back from the base, once."""
        # What is no number fails as well.
        if not self._round_trip <= FARTHEST_APART:
            yield from self._once(Note(
                "alarm",
                f"The figures cannot be trusted: intensities come back from the base {self._round_trip:.2g} away.",
                "Lower the learning rate, and train in float32.", "inexact",
            ))

    def _mean_log_prob(self, items: BatchedItems, draw: torch.Generator) -> float:
        found = 0.0
        for part in pieces(len(items), ROWS):
            v, given = self._dequantized(items, torch.arange(part.start, part.stop, device=items.device), draw)
            found += float(self._net(v, given).double().sum())
        return found / len(items) + self._cells

    def _there_and_back(self, items: BatchedItems, draw: torch.Generator) -> float:
        rows = torch.arange(min(WATCHED, len(items)), device=items.device)
        v, given = (part.to("cpu", torch.float64) for part in self._dequantized(items, rows, draw))
        net = copy.deepcopy(self._net).to("cpu", torch.float64)
        z, _ = net.inward(v, given)
        return float((net.outward(z, given) - v).abs().max())

    def _dequantized(self, items: BatchedItems, rows: Tensor, draw: torch.Generator) -> tuple[Tensor, Tensor]:
        x, given = items.take(rows)
        levels = ((LEVELS - 1) * x).round()
        return dequantized(levels, torch.rand(x.shape, generator=draw, device=x.device)), given
