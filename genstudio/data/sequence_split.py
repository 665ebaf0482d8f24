"""Which rows of sequences are learned from: whole sequences by the seed, or few of them cut in time."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from genstudio.data.given_split import TEST, TRAIN, VALID
from genstudio.data.labelling import Marks
from genstudio.data.preparation_settings import PreparationSettings
from genstudio.data.sequences import bounds, owners
from genstudio.data.splitting import held_out, shares
from genstudio.errors import DataError

Ints = NDArray[np.int64]

FEW = 3
"""Fewer sequences than these are cut in time; more are held out whole."""
_UNUSED = -1


def sequence_marks(marks: Marks, lengths: Ints) -> Marks | None:
    """The labels of sequences from those of their rows; None where the rows of a sequence differ."""
    codes = marks.codes[bounds(lengths)[:-1]]
    if (np.repeat(codes, lengths) != marks.codes).any():
        return None
    return Marks(marks.levels, codes, marks.anomalous)


def split_rows(
    lengths: Ints, chosen: Ints, settings: PreparationSettings, seed: int, *, given: Ints | None, marks: Marks | None
) -> tuple[Ints, Ints, Ints]:
    """The rows to learn from, for validation and for the test, each rising.

    Three sequences and more are held out whole. Of fewer, each is cut in time: first what is learned from, then
    validation, then the test. With `normal_only` the anomalous rows are all tested.

    Arguments:
        lengths: rows of each sequence, shape (S,).
        chosen: places of the sequences that are used, rising.
        given: the part of each row, as `given_split.given_parts` has it; None where all are to be drawn.
        marks: the labels of the rows.

    Raises:
        DataError: no row is left to learn from.
    """
    owner = owners(lengths)
    parts = np.full(len(owner), TRAIN) if given is None else given
    parts = np.where(np.isin(owner, chosen), parts, _UNUSED)
    valid, test = shares(settings, parts)
    free = np.unique(owner[parts == TRAIN])
    hold_out = _in_time if len(free) < FEW else _whole
    parts = hold_out(parts, owner, free, (valid, test), seed)
    if settings.normal_only:
        parts = _without_anomalies(parts, marks)
    return np.flatnonzero(parts == TRAIN), np.flatnonzero(parts == VALID), np.flatnonzero(parts == TEST)


def stretches(rows: Ints, lengths: Ints) -> Ints:
    """How many of the rising rows stand together in one sequence, stretch by stretch; they add up to the rows."""
    if not len(rows):
        return np.zeros(0, dtype=np.int64)
    owner = owners(lengths)[rows]
    begins = np.flatnonzero((np.diff(rows) != 1) | (np.diff(owner) != 0)) + 1
    return np.diff(np.concatenate([[0], begins, [len(rows)]])).astype(np.int64)


def _whole(parts: Ints, owner: Ints, free: Ints, held: tuple[float, float], seed: int) -> Ints:
    _, valid, test = held_out(len(free), *held, seed, "sequences")
    found = parts.copy()
    for places, part in ((valid, VALID), (test, TEST)):
        found[(parts == TRAIN) & np.isin(owner, free[places])] = part
    return found


def _in_time(parts: Ints, owner: Ints, free: Ints, held: tuple[float, float], seed: int) -> Ints:
    found = parts.copy()
    for sequence in free:
        rows = np.flatnonzero((owner == sequence) & (parts == TRAIN))
        # Only the counts of what `held_out` draws matter: time says which rows they are.
        train, valid, _ = map(len, held_out(len(rows), *held, seed, "rows"))
        found[rows[train:train + valid]] = VALID
        found[rows[train + valid:]] = TEST
    return found


def _without_anomalies(parts: Ints, marks: Marks | None) -> Ints:
    # Without labels nothing is known to be normal.
    anomalous = True if marks is None else marks.codes == marks.anomalous
    found = np.where((parts != _UNUSED) & anomalous, TEST, parts)
    if not (found == TRAIN).any():
        raise DataError("No training row is labelled normal.", "Check which value of the label marks anomalies.")
    return found
