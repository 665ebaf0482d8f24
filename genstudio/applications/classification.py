"""Which class each sequence is told to be of, by how far, and how often that is right."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]


@dataclass(frozen=True)
class Share:
    """How many of the labelled sequences are told right.

    Arguments:
        right, n: counts.
    """

    right: int
    n: int

    @property
    def value(self) -> float:
        """The share, 0 to 1; NaN of none."""
        return self.right / self.n if self.n else math.nan

    @property
    def stderr(self) -> float | None:
        """Standard error of the share, binomial; None where all or none are right, which tells of no spread."""
        if not 0 < self.right < self.n:
            return None
        return math.sqrt(self.value * (1 - self.value) / self.n)


def share_right(true: Ints, told: Ints) -> Share:
    """The share of the sequences with a class (code 0 or more) that is told.

    Arguments:
        true, told: codes, shape (S,).
    """
    known = true >= 0
    return Share(int((true == told)[known].sum()), int(known.sum()))


def confusion(true: Ints, told: Ints, classes: int) -> Ints:
    """Sequences by their true class (down) and the one they are told to be of (across), shape (C, C)."""
    known = (true >= 0) & (told >= 0)
    places = true[known] * classes + told[known]
    return np.bincount(places, minlength=classes * classes).reshape(classes, classes).astype(np.int64)


def told_classes(scores: Floats) -> Ints:
    """The most probable class of each sequence, shape (S,); -1 where none is possible.

    Arguments:
        scores: log-probability of sequence and class together, nats, shape (S, C).
    """
    return np.where(np.isneginf(scores).all(axis=1), -1, scores.argmax(axis=1)).astype(np.int64)


def margins(scores: Floats) -> Floats:
    """By how many nats the class that is told leads over the next one, shape (S,); 0 where none is possible."""
    if scores.shape[1] < 2:
        return np.full(len(scores), np.inf)
    first_two = np.sort(scores, axis=1)[:, -2:]
    lead = np.zeros(len(scores))
    possible = np.isfinite(first_two[:, 1])
    lead[possible] = first_two[possible, 1] - first_two[possible, 0]
    return lead


def doubtful_first(true: Ints, told: Ints, margin: Floats) -> Ints:
    """Places of the sequences: those told wrongly first, the most certain of them on top; then the closest calls."""
    wrong = (true >= 0) & (true != told)
    return np.lexsort((np.where(wrong, -margin, margin), ~wrong))


@dataclass(frozen=True)
class Classified:
    """Labelled sequences of all parts of a data set with what a classifier tells of them; each array has shape (S,).

    Arguments:
        levels: the words of the classes.
        scores: log-probability of sequence and class together, nats, shape (S, C).
        told, true: codes of classes; -1 where none is possible, or the label is missing.
        part: the part of the data that a sequence belongs to, from 0.
        place: which sequence of its part it is.
        row: of the table, where it begins.
        length: its rows.
    """

    levels: tuple[str, ...]
    scores: Floats
    told: Ints
    true: Ints
    part: Ints
    place: Ints
    row: Ints
    length: Ints

    @classmethod
    def of(cls, levels: tuple[str, ...], answer: Mapping[str, Any]) -> Classified:
        """What the question `classified` answered."""
        names = ("scores", "told", "true", "part", "place", "row", "length")
        return cls(levels, *(np.asarray(answer[name]) for name in names))

    @cached_property
    def margin(self) -> Floats:
        """By how many nats the class that is told leads over the next one, shape (S,)."""
        return margins(self.scores)

    def share(self, part: int, told: Ints | None = None) -> Share:
        """How often a part is told right, by this classifier or by another one's `told`, shape (S,)."""
        own = self.part == part
        return share_right(self.true[own], (self.told if told is None else told)[own])

    def matrix(self, part: int, told: Ints | None = None) -> Ints:
        """Sequences of a part by true class (down) and told class (across), shape (C, C)."""
        own = self.part == part
        return confusion(self.true[own], (self.told if told is None else told)[own], len(self.levels))

    def listed(self, part: int, cell: tuple[int, int] | None = None, told: Ints | None = None) -> Ints:
        """Places of a part's sequences, the doubtful ones first.

        Arguments:
            cell: only those of a true class that are told to be of another.
            told: by whom; by this classifier when None.
        """
        chosen = self.part == part
        if cell is not None:
            chosen &= (self.true == cell[0]) & ((self.told if told is None else told) == cell[1])
        places = np.flatnonzero(chosen)
        return places[doubtful_first(self.true[places], self.told[places], self.margin[places])]
