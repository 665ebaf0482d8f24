from __future__ import annotations

import numpy as np
import pytest

from genstudio.data.dataset import Dataset
from genstudio.data.preparation import prepare
from genstudio.data.preparation_settings import PreparationSettings
from genstudio.data.sequences import sequences
from genstudio.data.table import Column, ColumnType, Table, points_table
from genstudio.runs.timeline import PARTS, timeline

LONG = PreparationSettings(kind="sequences", sequence="who", time="t", valid=0.2, test=0.2, scaling="standard")


@pytest.fixture
def mixed() -> Table:
    """Ten sequences of 3 to 12 rows in any order; the value says which row of which sequence it is."""
    random = np.random.default_rng(0)
    owner = np.repeat(np.arange(10), np.arange(3, 13))
    time = np.concatenate([np.arange(n) * 0.5 for n in range(3, 13)])
    order = random.permutation(len(owner))
    owner, time = owner[order], time[order]
    words = tuple(f"p{i}" for i in range(10))
    columns = (
        Column("who", ColumnType.CATEGORY, owner.astype(float), words), Column("t", ColumnType.NUMBER, time),
        Column("x", ColumnType.NUMBER, owner * 100 + time),
        Column("label", ColumnType.CATEGORY, owner % 2.0, ("a", "b")),
    )
    return Table("mixed", columns, "label")


def prepared(table: Table, settings: PreparationSettings) -> Dataset:
    return prepare(table, settings, 3)


@pytest.mark.parametrize("part", [*PARTS, None])
def test_rows_keep_sequence_time_and_label(mixed: Table, part: str | None) -> None:
    data = prepared(mixed, LONG)
    found = timeline(data, mixed, LONG, part)  # type: ignore[arg-type]
    owner = np.repeat([int(key[1:]) for key in found.keys], found.lengths)
    np.testing.assert_allclose(found.x[:, 0], owner * 100 + found.clock.times, atol=1e-9)
    assert found.labels is not None
    np.testing.assert_array_equal(found.labels, owner % 2)
    np.testing.assert_allclose(data.preparation.to_data(data.everything[found.places]), found.x)
    assert (found.axis.name, found.axis.times.tolist()) == ("row", list(range(len(found.x))))
    if part is None:
        # Raw data are gone through in their own order.
        firsts = {key: i for i, key in reversed(list(enumerate(mixed.columns[0].values.tolist())))}
        assert owner.tolist() == sorted(owner.tolist(), key=firsts.__getitem__)
        assert sorted(found.places.tolist()) == list(range(len(mixed)))


def test_one_sequence_stands_on_its_own_time(mixed: Table) -> None:
    data = prepared(mixed, LONG)
    whole = timeline(data, mixed, LONG, "train")
    one = whole.take(2)
    assert one.keys == whole.keys[2:3]
    assert len(one.x) == whole.lengths[2] == one.lengths[0]
    np.testing.assert_array_equal(one.axis.times, np.arange(len(one.x)) * 0.5)
    assert one.axis.name == "t"


def test_a_series_cut_in_time_is_put_together_again() -> None:
    x = np.arange(50.0)[:, None]
    x[7] = np.nan
    raw = sequences(points_table("series", x, names=["v"]), np.array([50]), (), np.arange(50.0) / 4, "t in s")
    settings = PreparationSettings(valid=0.2, test=0.2)
    data = prepared(raw, settings)
    whole = timeline(data, raw, settings)
    np.testing.assert_array_equal(whole.x, x)
    assert whole.lengths.tolist() == [50]
    assert data.lengths is not None
    assert [lengths.tolist() for lengths in data.lengths] == [[30], [10], [10]]
    assert (whole.axis.name, whole.axis.dated) == ("t in s", False)
    np.testing.assert_array_equal(whole.axis.times, np.arange(50.0) / 4)
    test = timeline(data, raw, settings, "test")
    np.testing.assert_array_equal(test.axis.times, np.arange(40.0, 50.0) / 4)


def test_without_raw_data_rows_are_counted(mixed: Table) -> None:
    data = prepared(mixed, LONG)
    found = timeline(data, None, LONG, "valid")
    assert found.keys == ("1", "2")
    assert found.axis.name == "row"
    assert found.clock.times[:3].tolist() == [0, 1, 2]


def test_an_empty_part_is_empty() -> None:
    raw = sequences(points_table("series", np.arange(20.0)[:, None]), np.array([20]))
    settings = PreparationSettings(valid=0.0, test=0.0)
    found = timeline(prepared(raw, settings), raw, settings, "test")
    assert len(found.x) == len(found.lengths) == 0
