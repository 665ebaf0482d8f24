"""What a look at a column shows is what the column holds."""

from __future__ import annotations

import numpy as np
import pytest

from genstudio.data import summary
from genstudio.data.summary import BINS, summarise
from genstudio.data.table import Column, ColumnType


def numbers(*values: float) -> Column:
    return Column("x", ColumnType.NUMBER, np.array(values, dtype=float))


def test_counts_range_and_shape() -> None:
    found = summarise(numbers(0.0, 1.0, 1.0, np.nan, 24.0))
    assert (found.rows, found.missing, found.minimum, found.maximum, found.every) == (5, 1, 0.0, 24.0, 1)
    assert found.heights.shape == (BINS,)
    assert found.heights[[0, 1, -1]].tolist() == [0.5, 1.0, 0.5]


def test_infinite_values_stay_out_of_the_range() -> None:
    found = summarise(numbers(-np.inf, 1.0, 2.0, np.inf))
    assert (found.missing, found.minimum, found.maximum) == (0, 1.0, 2.0)


@pytest.mark.parametrize("values", [(), (np.nan,), (np.nan, np.nan)])
def test_nothing_to_summarise(values: tuple[float, ...]) -> None:
    found = summarise(numbers(*values))
    assert np.isnan(found.minimum)
    assert found.heights.max(initial=0.0) == 0.0
    assert found.missing == len(values)


@pytest.mark.parametrize(("low", "high"), [(-1.7e308, 1.7e308), (0.0, 5e-324), (3.0, 3.0)])
def test_extreme_and_constant_columns(low: float, high: float) -> None:
    found = summarise(numbers(low, low, high))
    assert np.isfinite(found.heights).all()
    assert found.heights.max() == 1.0


def test_levels_come_most_frequent_first() -> None:
    column = Column("kind", ColumnType.CATEGORY, np.array([2.0, 2, 0, np.nan]), ("a", "b", "c"))
    found = summarise(column)
    assert found.common == ("c", "a")
    assert found.heights.tolist() == [1.0, 0.5, 0.0]
    assert found.missing == 1


def test_long_columns_are_sampled_but_counted_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(summary, "MOST_SAMPLED", 10)
    values = np.arange(95.0)
    values[1] = np.nan
    found = summarise(Column("x", ColumnType.NUMBER, values))
    assert (found.every, found.missing, found.maximum) == (10, 1, 94.0)
