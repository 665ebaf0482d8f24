"""Rows seen as sequences: lengths, classes, gaps, parts."""

from __future__ import annotations

import numpy as np
import pytest

from genstudio.data.preparation import PreparationSettings, prepare
from genstudio.data.sequences import Sequences, sequences
from genstudio.data.series_glance import MIXED, NOWHERE, counted, glance_series, lengths_of
from genstudio.data.table import Column, ColumnType, Table

NAN = float("nan")


def column(name: str, values: list[float], kind: ColumnType = ColumnType.NUMBER, *levels: str) -> Column:
    return Column(name, kind, np.array(values, dtype=float), levels)


def walks() -> Table:
    """Six sequences of two rows, backwards in time; the last one changes its class."""
    owners = np.repeat(np.arange(6.0), 2)
    return Table("walks", (
        column("who", owners.tolist(), ColumnType.CATEGORY, *"abcdef"), column("time", [1.0, 0.0] * 6),
        column("x", [1.0, 0.0, NAN, 2.0, *range(8)]),
        column("gait", [0, 0, 1, 1, 0, 0, 0, 0, 1, 1, 0, 1], ColumnType.CATEGORY, "walk", "run"),
    ), label="gait")


SETTINGS = PreparationSettings(kind="sequences", sequence="who", time="time")


def test_rows_are_seen_in_their_order_with_classes_gaps_and_parts() -> None:
    table = walks()
    data = prepare(table, SETTINGS, 3)
    found = glance_series(table, data, SETTINGS, 12)
    assert found.names == ("x",)
    np.testing.assert_equal(found.values[:4, 0], [0.0, 1.0, 2.0, NAN])
    assert (found.keys, found.lengths.tolist(), found.gaps.tolist()) == (tuple("abcdef"), [2] * 6, [0, 1, 0, 0, 0, 0])
    assert found.sequence_classes.tolist() == [0, 1, 0, 0, 1, MIXED]
    assert found.ends.tolist() == [[0.0, 7.0]]
    assert found.times is not None
    assert (found.time_name, found.times.tolist()[:3]) == ("time", [0.0, 1.0, 0.0])
    for part, rows in enumerate(data.rows):
        assert {int(row) // 2 for row in rows} == set(np.flatnonzero(found.parts == part).tolist())


def test_one_series_is_cut_in_time_and_may_have_no_label() -> None:
    table = Table("series", (column("x", list(range(20))), column("y", [0.0] * 20)))
    settings = PreparationSettings(kind="sequences")
    found = glance_series(table, prepare(table, settings, 0), settings, 1)
    assert (found.parts.tolist(), found.sequence_classes.tolist(), found.classes) == ([MIXED], [NOWHERE], None)
    assert (found.names, found.hidden) == (("x",), 1)


@pytest.mark.parametrize(("values", "expected"), [
    ([5, 5, 7, 5], [3, 1]), ([0.5, 0.5, 1.5, 0.5], [3, 1]), ([-1e9, 1e9, 1e9], [1, 2]), ([2.0], [1]),
])
def test_lengths_are_counted_whatever_the_numbers_of_sequences_are(values: list[float], expected: list[int]) -> None:
    table = Table("t", (column("key", values), column("x", [0.0] * len(values))))
    assert lengths_of(table, PreparationSettings(sequence="key")).tolist() == expected
    assert lengths_of(table, PreparationSettings()).tolist() == [len(values)]
    read: Sequences = sequences(table, np.array([len(values)]))
    assert lengths_of(read, PreparationSettings()).tolist() == [len(values)]


@pytest.mark.parametrize(("lengths", "words"), [
    ([1000], "one sequence of 1,000 rows"), ([7, 7], "2 sequences of 7 rows each"),
    ([29, 7, 8], "3 sequences of 7 to 29 rows each"),
])
def test_sequences_are_counted_in_words(lengths: list[int], words: str) -> None:
    assert counted(np.array(lengths)) == words
