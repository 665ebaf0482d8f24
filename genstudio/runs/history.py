"""What a run has told so far."""

from __future__ import annotations

import bisect
from array import array
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from genstudio.training.events import Changed, Event, Note, Progress

Floats = NDArray[np.float64]

Series = tuple["array[int]", "array[float]"]
"""Steps and values; eight bytes an entry each, so that half a million steps of many figures find room."""

_LEVELS: dict[str, Literal["info", "warning", "alarm"]] = {"info": "info", "warning": "warning", "alarm": "alarm"}


@dataclass
class History:
    """Figures by step, notes, and changes of live settings.

    Arguments:
        total: the step at which training would end by itself, where that is known.
        epoch: passes through the training items, with fractions, where they are counted.
    """

    notes: list[Note] = field(default_factory=list)
    changes: list[Changed] = field(default_factory=list)
    step: int = 0
    total: int | None = None
    epoch: float | None = None
    _series: dict[str, Series] = field(default_factory=dict)

    def take(self, event: Event) -> None:
        """Remember one event; previews are not kept."""
        if isinstance(event, Progress):
            self._progress(event)
        elif isinstance(event, Note):
            self.notes.append(event)
        elif isinstance(event, Changed):
            self.changes.append(event)

    @property
    def metrics(self) -> tuple[str, ...]:
        """Names of the figures, in the order in which they first came."""
        return tuple(self._series)

    def series(self, metric: str, since: int = 0) -> tuple[Floats, Floats]:
        """Steps and values of one figure from its `since`-th entry on."""
        steps, values = self._series.get(metric) or _empty()
        # A slice is a copy: an array that is looked into could not grow.
        return np.frombuffer(steps[since:], np.int64).astype(float), np.array(values[since:], float)

    def recent(self, metric: str, count: int, until: int | None = None) -> Floats:
        """The newest values of a figure, at most so many: up to a step, where one is named."""
        steps, values = self._series.get(metric) or _empty()
        end = len(steps) if until is None else bisect.bisect_right(steps, until)
        return np.array(values[max(0, end - count):end], float)

    def last(self, metric: str) -> float | None:
        """The newest value of a figure, or None."""
        known = self._series.get(metric)
        return known[1][-1] if known else None

    def best(self, metric: str) -> float | None:
        """The highest value of a figure, or None."""
        known = self._series.get(metric)
        return max(known[1]) if known else None

    def state(self) -> tuple[dict[str, NDArray[Any]], dict[str, Any]]:
        """Arrays and plain values (JSON) for a file."""
        arrays: dict[str, NDArray[Any]] = {}
        for i, (steps, values) in enumerate(self._series.values()):
            arrays[f"steps.{i}"] = np.array(steps, np.int64)
            arrays[f"values.{i}"] = np.array(values, np.float64)
        plain = {
            "metrics": list(self._series), "step": self.step, "total": self.total, "epoch": self.epoch,
            "notes": [
                {"level": n.level, "text": n.text, "remedy": n.remedy, "badge": n.badge, "offer": dict(n.offer)}
                for n in self.notes
            ],
            "changes": [{"step": c.step, "name": c.name, "value": c.value} for c in self.changes],
        }
        return arrays, plain

    def until(self, step: int) -> History:
        """A copy of what was told up to a step."""
        early = History(notes=list(self.notes), changes=[c for c in self.changes if c.step <= step])
        early.step, early.total = min(self.step, step), self.total
        early.epoch = self.epoch if step >= self.step else None
        for name, (steps, values) in self._series.items():
            kept = bisect.bisect_right(steps, step)
            early._series[name] = (steps[:kept], values[:kept])
        return early

    @staticmethod
    def from_state(arrays: Mapping[str, NDArray[Any]], plain: Mapping[str, Any]) -> History:
        """The history that `state` described.

        Raises:
            KeyError, TypeError, ValueError: nothing like it was described.
        """
        history = History(step=int(plain["step"]), total=None if plain["total"] is None else int(plain["total"]))
        history.epoch = None if plain.get("epoch") is None else float(plain["epoch"])
        history.notes = [_note(told) for told in plain["notes"]]
        history.changes = [Changed(int(c["step"]), str(c["name"]), c["value"]) for c in plain["changes"]]
        for i, name in enumerate(plain["metrics"]):
            steps, values = arrays[f"steps.{i}"], arrays[f"values.{i}"]
            if steps.ndim != 1 or steps.shape != values.shape:
                raise ValueError(f"the steps and values of `{name}` differ in number")
            history._series[str(name)] = (
                array("q", steps.astype(np.int64).tobytes()), array("d", values.astype(np.float64).tobytes())
            )
        return history

    def _progress(self, event: Progress) -> None:
        self.step, self.total, self.epoch = event.step, event.total, event.epoch
        for name, value in event.metrics.items():
            known = self._series.get(name)
            if known is None:
                known = self._series[name] = _empty()
            known[0].append(event.step)
            known[1].append(value)


def _note(told: Mapping[str, Any]) -> Note:
    """A note as `state` described it; older files know neither badges nor offers."""
    badge, offer = str(told.get("badge", "")), dict(told.get("offer", {}))
    return Note(_LEVELS[told["level"]], str(told["text"]), str(told["remedy"]), badge, offer)


def _empty() -> Series:
    return array("q"), array("d")


def take_all(history: History, events: Iterable[Event]) -> None:
    """Remember several events."""
    for event in events:
        history.take(event)
