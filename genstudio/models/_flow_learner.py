"""How flows descend: the negative log-density, and a guard on what it is reckoned with."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import torch
from torch import Tensor

from genstudio.models._deep import pieces
from genstudio.models._one_net import FORGOTTEN, NET, BatchedItems, OneNetLearner, withheld
from genstudio.nets.flows.flow import Flow
from genstudio.training.descent import Batch
from genstudio.training.events import Note
from genstudio.training.objective import Objective

WATCHED = 512
"""So many items are sent to the base and back at each validation."""
PIECE = 4096
FARTHEST_APART = 1e-3
"""Items that come back farther from where they were, in deviations, or with log-determinants that differ by more
nats, make figures that nobody should trust."""
STEEPEST = 12.0
"""A log-determinant of more nats a coordinate is that of a density that runs to infinity."""


class FlowLearner(OneNetLearner[Flow]):
    """Trains a flow on items, raising their log-density.

    Arguments:
        items: those to learn from and those held out, as the network takes them.
        rounding: steps that the items were rounded to, in the network's units, shape of an item; 0 for none.
        log_det: what turns a likelihood of the network's units into one of model units, nats an item.
        remarks: what is to be said of the data at the first opportunity.
    """

    def __init__(
        self, net: Flow, items: tuple[BatchedItems, BatchedItems], rounding: Tensor, log_det: float,
        remarks: tuple[Note, ...] = (),
    ) -> None:
        super().__init__(net, items)
        self.objective = Objective(net)
        self._rounding, self._log_det = rounding, log_det
        self._guard: dict[str, float] = {}
        self._remarks = remarks

    def losses(self, batch: Batch) -> Iterator[tuple[str, Tensor]]:
        """The negative log-density; some classes are withheld, so that items of an unknown class are known, too."""
        x, given = self._train.take(batch.rows)
        x = self._spread(x, batch.draw)
        given = withheld(given, FORGOTTEN, batch.draw)
        loss = -self.objective(x, given).mean()
        yield NET, loss
        self._figures = {"train": self._log_det - float(loss.detach())}

    def validate(self, step: int) -> Mapping[str, float]:
        """The mean log-density of the validation items, and how exactly they come back from the base."""
        items = self._valid if len(self._valid) else self._train
        # Always the same numbers, so that validations can be compared.
        draw = torch.Generator(items.device).manual_seed(0)
        self._guard = self._looked_at(items, draw)
        if items is not self._valid:
            return self._guard
        return self._guard | {"valid": self._mean_log_prob(items, draw) + self._log_det}

    def remarks(self, step: int) -> Iterator[Note]:
        """What is wrong with the data, and the alarm where figures cannot be trusted, once each."""
        for note in (*self._remarks, *(_alarms(self._guard) if self._guard else ())):
            yield from self._once(note)

    def _mean_log_prob(self, items: BatchedItems, draw: torch.Generator) -> float:
        found = 0.0
        for part in pieces(len(items), PIECE):
            x, given = items.take(torch.arange(part.start, part.stop, device=items.device))
            found += float(self._net(self._spread(x, draw), given).double().sum())
        return found / len(items)

    def _looked_at(self, items: BatchedItems, draw: torch.Generator) -> dict[str, float]:
        x, given = items.take(torch.arange(min(WATCHED, len(items)), device=items.device))
        x = self._spread(x, draw)
        z, there = self._net.inward(x, given)
        again, back = self._net.outward(z, given)
        return {
            "round_trip": float((again - x).abs().max()),
            "log_det_error": float((there + back).abs().max()),
            "log_det": float(there.abs().max()) / z[0].numel(),
        }

    def _spread(self, x: Tensor, draw: torch.Generator) -> Tensor:
        """Items where they may have been before they were rounded."""
        if not self._rounding.any():
            return x
        return x + self._rounding * (torch.rand(x.shape, generator=draw, device=x.device) - 0.5)


def _alarms(guard: Mapping[str, float]) -> Iterator[Note]:
    off, apart = guard["round_trip"], guard["log_det_error"]
    # What is no number fails as well.
    if not (off <= FARTHEST_APART and apart <= FARTHEST_APART):
        yield Note(
            "alarm",
            f"The figures cannot be trusted: items come back from the base {off:.2g} deviations away, with "
            f"log-determinants that differ by {apart:.2g} nats.",
            "Lower the learning rate, take fewer transforms, or a smaller spline bound.", "inexact",
        )
    if not guard["log_det"] <= STEEPEST:
        yield Note(
            "alarm",
            f"The figures cannot be trusted: the density runs to infinity (log-determinants of {guard['log_det']:.0f} "
            "nats a column).",
            "Look for columns that repeat values or hang on each other exactly, and leave them out, or lower the "
            "learning rate.", "runaway",
        )
