"""Several models that learn side by side, one for each class of the data: a step is one step of each."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Generator, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from genstudio.data.dataset import Dataset
from genstudio.data.sequences import bounds
from genstudio.models.contract import Array, Ints, Model
from genstudio.training.budget import Budget
from genstudio.training.events import Event, Note, Progress

WAITS = 20
"""A start that takes long tells of it so seldom, about once a second, that short ones of many classes are one event."""
NAMED = 5
"""So many classes are named in a sentence."""


def sequence_codes(codes: Ints, lengths: Ints) -> Ints:
    """The class of each sequence, that of its first row, shape (S,), from those of its rows, shape (N,)."""
    return codes[bounds(lengths)[:-1]]


def of_class(data: Dataset, code: int) -> Dataset:
    """The sequences of one class alone, those of training and of validation."""
    assert data.labels is not None
    assert data.lengths is not None
    train = _some(data.train, data.lengths[0], data.labels.train, code)
    valid = _some(data.valid, data.lengths[1], data.labels.valid, code)
    none = np.zeros(0, dtype=np.int64)
    return replace(
        data, name=f"{data.name}, {data.labels.levels[code]}", train=train[0], valid=valid[0], test=data.test[:0],
        lengths=(train[1], valid[1], none), rows=(none, none, none), labels=None,
    )


def _some(x: Array, lengths: Ints, codes: Ints, code: int) -> tuple[Array, Ints]:
    chosen = sequence_codes(codes, lengths) == code
    return x[np.repeat(chosen, lengths)], lengths[chosen]


@dataclass
class Pupil:
    """One class's model while it learns.

    Arguments:
        name: of the class.
        newest: its last event with figures; before any its step is -1.
    """

    name: str
    model: Model
    data: Dataset
    events: Generator[Event, None, None]
    newest: Progress = field(default_factory=lambda: Progress(-1, None, {}))
    notes: list[Note] = field(default_factory=list)
    ended: bool = False

    @classmethod
    def of(cls, name: str, model: Model, data: Dataset, seed: int, budget: Budget | None) -> Pupil:
        """A model that is about to learn the sequences of its class."""
        return cls(name, model, data, model.fit(data, model.live_settings(), seed, budget))

    def advance(self) -> Generator[None, None, None]:
        """Take one step more, or come to the end; yields now and then where a start takes long."""
        before = self.newest.step
        while not self.ended and self.newest.step == before:
            event = next(self.events, None)
            if event is None:
                self.ended = True
            elif isinstance(event, Note):
                self.notes.append(event)
            elif isinstance(event, Progress) and event.metrics:
                self.newest = event
            else:
                yield


def in_step(pupils: Sequence[Pupil]) -> Generator[Event, None, None]:
    """All learn until each has come to its end; a step of the whole is one of each that still goes on.

    Figures are means over the rows of all classes. Closing the generator lets each keep the best that it has found.
    """
    try:
        yield from _rounds(pupils)
    finally:
        for pupil in pupils:
            pupil.events.close()
    yield from _remarks(pupils)


def _rounds(pupils: Sequence[Pupil]) -> Generator[Event, None, None]:
    told: dict[str, float] = {}
    while going := [pupil for pupil in pupils if not pupil.ended]:
        for pupil in going:
            for waited, _ in enumerate(pupil.advance(), 1):
                if waited % WAITS == 0:
                    yield _progress(pupils, {}, 0)
        rows = sum(len(pupil.data.train) for pupil in going if not pupil.ended)
        means = _means(pupils)
        # In the last round none takes a step, but some may go back to the best that they had found.
        if rows or means != told:
            yield _progress(pupils, means, rows)
        told = means


def _progress(pupils: Sequence[Pupil], metrics: Mapping[str, float], rows: int) -> Progress:
    totals = [pupil.newest.total for pupil in pupils if pupil.newest.total is not None]
    step = max(0, *(pupil.newest.step for pupil in pupils))
    return Progress(step, max(totals, default=None), metrics, rows)


def _means(pupils: Sequence[Pupil]) -> dict[str, float]:
    """Mean log-likelihood of the rows under the model of their own class, nats per row, model units."""
    found = {}
    for name in ("train", "valid"):
        known = [(p.newest.metrics[name], len(getattr(p.data, name))) for p in pupils if name in p.newest.metrics]
        if known:
            values, rows = zip(*known, strict=True)
            found[name] = float(np.average(values, weights=rows))
    return found


def _remarks(pupils: Sequence[Pupil]) -> Iterable[Note]:
    """What the models said, each remark once, with the classes that it holds for."""
    kinds: dict[str, list[tuple[str, Note]]] = defaultdict(list)
    for pupil in pupils:
        for note in pupil.notes:
            kinds[note.badge or re.sub(r"\d", "", note.text)].append((pupil.name, note))
    for said in kinds.values():
        name, first = said[0]
        others = list(dict.fromkeys(other for other, _ in said if other != name))
        more = f" So it is with {_listed(others)}." if others else ""
        yield replace(first, text=f"Class {name}: {first.text}{more}")


def _listed(names: Sequence[str]) -> str:
    more = f" and {len(names) - NAMED} more" if len(names) > NAMED else ""
    return f"class{'es' * (len(names) > 1)} {', '.join(names[:NAMED])}{more}"
