"""Rows of a run in the order of time: what is drawn along one axis, and where each row stands on it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from genstudio.data.dataset import Dataset
from genstudio.data.pictures import Raw
from genstudio.data.preparation_settings import PreparationSettings
from genstudio.data.sequences import Sequences, as_sequences, bounds
from genstudio.data.table import Table

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Part = Literal["train", "valid", "test"]
PARTS: tuple[Part, ...] = ("train", "valid", "test")


@dataclass(frozen=True)
class Clock:
    """When rows are.

    Arguments:
        times: shape (N,).
        name: what the times are, with their unit.
        dated: they are moments, in seconds since 1970-01-01 UTC.
    """

    times: Floats
    name: str
    dated: bool = False

    def take(self, rows: slice) -> Clock:
        """Some rows in a row."""
        return Clock(self.times[rows], self.name, self.dated)


@dataclass(frozen=True)
class Timeline:
    """Stretches of sequences, one after another.

    Arguments:
        x: data units, NaN at gaps, shape (N, D).
        lengths: rows of each stretch, shape (S,); parts of one sequence that follow each other are one stretch.
        keys: what the sequence of each stretch is called.
        axis: where each row stands on the axis; the times rise.
        clock: when each row was, within its own sequence.
        places: for each row, its place among all rows of the data set, train then valid then test, shape (N,).
        labels: codes, shape (N,), -1 where missing; None without a label.
    """

    x: Floats
    lengths: Ints
    keys: tuple[str, ...]
    axis: Clock
    clock: Clock
    places: Ints
    labels: Ints | None

    def take(self, sequence: int) -> Timeline:
        """One of the stretches alone, on the axis of its own time."""
        edges = bounds(self.lengths)
        rows = slice(int(edges[sequence]), int(edges[sequence + 1]))
        labels = None if self.labels is None else self.labels[rows]
        clock = self.clock.take(rows)
        return Timeline(
            self.x[rows], self.lengths[sequence:sequence + 1], (self.keys[sequence],), clock, clock,
            self.places[rows], labels,
        )


def timeline(data: Dataset, raw: Raw | None, settings: PreparationSettings, part: Part | None = None) -> Timeline:
    """The rows of a part, or of all parts in the order of the raw data.

    Several sequences stand one behind the other, and their rows are counted; a single one has the axis of its time.

    Arguments:
        raw: what the data were prepared from; without it stretches are numbered and rows counted.
        settings: how they were prepared.
        part: None for all.
    """
    starts, lengths, places = _stretches(data, part)
    rows = np.concatenate(data.rows)
    ordered, position = _ordered(raw, settings, rows)
    turn = np.argsort(position[starts], kind="stable") if part is None else np.arange(len(starts))
    edges = bounds(lengths)
    order = np.concatenate([np.arange(edges[i], edges[i + 1]) for i in turn] or [np.zeros(0, np.int64)])
    places = places[order]
    keys, lengths, clock = _named(ordered, position[places], lengths[turn])
    single = len(set(keys)) == 1 and bool((np.diff(clock.times) > 0).all())
    axis = clock if single else Clock(np.arange(len(places), dtype=np.float64), "row")
    x = data.preparation.to_data(data.everything[places])
    return Timeline(x, lengths, keys, axis, clock, places, _labels(data, places))


def _stretches(data: Dataset, part: Part | None) -> tuple[Ints, Ints, Ints]:
    """Where each stretch begins among all rows, how long it is, and all their rows."""
    assert data.lengths is not None, "only sequences have stretches"
    whole = np.concatenate(data.lengths)
    edges = bounds(whole)
    if part is None:
        chosen = np.arange(len(whole))
    else:
        before = [len(lengths) for lengths in data.lengths[:PARTS.index(part)]]
        chosen = np.arange(len(data.lengths[PARTS.index(part)])) + sum(before)
    chosen = chosen[whole[chosen] > 0]
    first = int(edges[chosen[0]]) if len(chosen) else 0
    end = int(edges[chosen[-1] + 1]) if len(chosen) else 0
    return edges[chosen], whole[chosen], np.arange(first, end)


def _ordered(raw: Raw | None, settings: PreparationSettings, rows: Ints) -> tuple[Sequences | None, Ints]:
    """The sequences that the raw data are, and the position of each row of the data set in them."""
    if not isinstance(raw, Table):
        return None, np.arange(len(rows))
    ordered, order = as_sequences(raw, settings)
    inverse = np.empty(len(order), np.int64)
    inverse[order] = np.arange(len(order))
    return ordered, inverse[rows]


def _named(ordered: Sequences | None, position: Ints, lengths: Ints) -> tuple[tuple[str, ...], Ints, Clock]:
    """The key and the rows of each stretch of a sequence, and when each row was in its own sequence."""
    if ordered is None:
        return tuple(str(i + 1) for i in range(len(lengths))), lengths, Clock(_counted(bounds(lengths)), "step")
    whole = bounds(ordered.lengths)
    owner = np.searchsorted(whole, position, side="right") - 1
    starts = np.flatnonzero(np.diff(owner, prepend=-1))
    keys = tuple(ordered.keys[owner[i]] for i in starts)
    lengths = np.diff(np.append(starts, len(owner))).astype(np.int64)
    if ordered.times is None:
        return keys, lengths, Clock((position - whole[owner]).astype(np.float64), "step")
    return keys, lengths, Clock(ordered.times[position], ordered.time_name, ordered.dated)


def _counted(edges: Ints) -> Floats:
    rows = np.arange(edges[-1])
    return (rows - np.repeat(edges[:-1], np.diff(edges))).astype(np.float64)


def _labels(data: Dataset, places: Ints) -> Ints | None:
    labels = data.labels
    return None if labels is None else np.concatenate([labels.train, labels.valid, labels.test])[places]
