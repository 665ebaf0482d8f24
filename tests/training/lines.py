"""A straight line to be learned by descent: what comes out is known in closed form."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from genstudio.training.budget import Budget
from genstudio.training.descent import Batch, Descent
from genstudio.training.descent_settings import DescentSettings
from genstudio.training.events import Changed, Event, LiveSettings, Note, Progress

ITEMS, VALID = 40, 10
SETTINGS: dict[str, Any] = {"warmup": 0, "schedule": "constant", "clip_norm": 0.0, "learning_rate": 0.05}


def points(n: int, seed: int) -> tuple[Tensor, Tensor]:
    draw = torch.Generator().manual_seed(seed)
    x = torch.randn(n, 2, generator=draw)
    return x, x @ torch.tensor([[2.0], [-1.0]]) + 0.5 + 0.1 * torch.randn(n, 1, generator=draw)


@dataclass
class LineLearner:
    """Least squares, with noise on the items so that random numbers matter.

    Arguments:
        noise: its deviation.
        spoil: the loss of a step is multiplied by what this gives; 1 where it says nothing.
        valid: figures to be told by validation one after the other, instead of what is so.
    """

    noise: float = 0.0
    items: int = ITEMS
    spoil: Mapping[int, float] = field(default_factory=dict)
    raises: Mapping[int, Exception] = field(default_factory=dict)
    valid: Iterator[float] | None = None
    net: nn.Module = field(default_factory=lambda: _started(nn.Linear(2, 1)))

    def __post_init__(self) -> None:
        self.x, self.y = points(self.items, 1)
        self.held_out = points(VALID, 2)
        self.seen: list[Batch] = []
        self.last = 0.0

    @property
    def nets(self) -> Mapping[str, nn.Module]:
        return {"line": self.net}

    def losses(self, batch: Batch) -> Iterator[tuple[str, Tensor]]:
        self.seen.append(batch)
        if batch.step in self.raises:
            raise self.raises[batch.step]
        x = self.x[batch.rows]
        x = x + self.noise * torch.randn(x.shape, generator=batch.draw)
        loss = (self.net(x) - self.y[batch.rows]).square().mean() * self.spoil.get(batch.step, 1.0)
        yield "line", loss
        self.last = float(loss.detach())

    def figures(self) -> Mapping[str, float]:
        return {"train": -self.last}

    def validate(self, step: int) -> Mapping[str, float]:
        x, y = self.held_out
        found = -float((self.net(x) - y).detach().square().mean())
        return {"valid": found if self.valid is None or not step else next(self.valid)}

    def remarks(self, step: int) -> Iterator[Note]:
        return iter(())

    @property
    def weights(self) -> np.ndarray:
        return torch.cat([p.detach().flatten() for p in self.net.parameters()]).double().numpy()

    def least_squares(self) -> np.ndarray:
        design = torch.cat([self.x, torch.ones(self.items, 1)], 1).double().numpy()
        found: np.ndarray = np.linalg.lstsq(design, self.y.double().numpy()[:, 0], rcond=None)[0]
        return found


def _started(net: nn.Module) -> nn.Module:
    with torch.no_grad():
        for parameter in net.parameters():
            parameter.zero_()
    return net


def descent(learner: LineLearner, budget: Budget | None = None, seed: int = 0, **settings: Any) -> Descent:
    """A training of a line, at a constant rate unless said otherwise."""
    chosen = DescentSettings(**{**SETTINGS, **settings})
    live = LiveSettings({"learning_rate": chosen.learning_rate, "horizon": chosen.horizon, "compiled": chosen.compiled})
    return Descent(lambda device: learner, chosen, budget or Budget(), live, seed)


def progress(events: list[Event]) -> list[Progress]:
    return [event for event in events if isinstance(event, Progress)]


def changes(events: list[Event]) -> list[tuple[int, int]]:
    return [(event.step, event.value) for event in events if isinstance(event, Changed)]


def notes(events: list[Event]) -> list[str]:
    return [event.text for event in events if isinstance(event, Note)]


def run(learner: LineLearner, budget: Budget | None = None, **settings: Any) -> list[Event]:
    return list(descent(learner, budget, **settings).run())
