"""Series of two levels, of which the model `two_levels` says what is known beforehand."""

from __future__ import annotations

import numpy as np

from genstudio.data.sequences import Sequences, sequences
from genstudio.data.table import Column, ColumnType, Table

LENGTHS = (60, 90, 50)
KEYS = ("ada", "<b>bob</b>", "cyd")
STRANGE = slice(75, 80)


def waves(lengths: tuple[int, ...] = LENGTHS, level: float = 1.0) -> Sequences:
    """Series that jump between two levels every seven rows, with a label for the level; five rows are far off."""
    n = sum(lengths)
    high = np.arange(n) // 7 % 2
    x = level * np.where(high, 1.0, -1.0) + np.random.default_rng(0).normal(size=n) / 10
    if n > STRANGE.stop:
        x[STRANGE] = 40.0
    columns = (
        Column("x", ColumnType.NUMBER, x), Column("level", ColumnType.CATEGORY, high.astype(float), ("low", "high")),
    )
    times = np.concatenate([np.arange(length) / 4 for length in lengths])
    return sequences(Table("waves", columns, "level"), np.array(lengths), KEYS[:len(lengths)], times, "time in s")
