"""What a plot of a table shows."""

from __future__ import annotations

import numpy as np
import pytest

from genstudio.data import glance
from genstudio.data.glance import glance_columns, glance_components
from genstudio.data.preparation import PreparationSettings, prepare
from genstudio.data.table import Column, ColumnType, Table
from genstudio.errors import DataError

NUMBER = ColumnType.NUMBER


@pytest.fixture
def table() -> Table:
    rng = np.random.default_rng(0)
    x = rng.normal(size=(100, 3))
    x[:, 2] = 5 * x[:, 0]
    x[7, 1] = np.nan
    kind = np.where(np.arange(100) % 2, 1.0, 0.0)
    kind[3] = np.nan
    columns = [Column(name, NUMBER, np.ascontiguousarray(x[:, i])) for i, name in enumerate("abc")]
    words = Column("note", ColumnType.TEXT, np.arange(100.0), tuple(f"word {i}" for i in range(100)))
    return Table("some", (*columns, Column("kind", ColumnType.CATEGORY, kind, ("no", "yes")), words), "kind")


def test_a_pair_leaves_incomplete_rows_out_and_says_so(table: Table) -> None:
    found = glance_columns(table, ("a", "b"), "kind")
    assert found.names == ("a", "b")
    assert found.points.shape == (99, 2)
    assert found.levels == ("no", "yes", "no label")
    assert found.classes is not None
    assert found.classes[:4].tolist() == [0, 1, 0, 2]
    assert found.sentence == "99 of 100 rows: 1 with missing values left out."


def test_one_column_is_seen_along_the_rows(table: Table) -> None:
    found = glance_columns(table, ("a",), None)
    assert found.names == ("row", "a")
    assert found.points[:3, 0].tolist() == [1.0, 2.0, 3.0]
    assert found.classes is None


def test_text_is_refused_in_a_sentence(table: Table) -> None:
    with pytest.raises(DataError, match="`note` of some holds text and cannot be plotted"):
        glance_columns(table, ("a", "note"), None)


def test_many_rows_are_thinned_and_it_is_said(table: Table, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(glance, "MOST_ROWS", 30)
    found = glance_columns(table, ("a", "c"), None)
    assert len(found.points) == 25
    assert found.sentence == "25 of 100 rows: every 4th row."


def test_a_label_of_many_values_gives_no_colours(table: Table) -> None:
    assert glance_columns(table, ("a", "b"), "c").classes is None


def test_components_state_their_variance(table: Table) -> None:
    data = prepare(table, PreparationSettings(), 0)
    found = glance_components(table, data, "kind")
    assert found.points.shape == (99, 2)
    assert found.names[0].startswith("component 1 (")
    # c is a multiple of a, so that two directions hold everything.
    assert "100.0 % of the variance" in found.sentence


def test_missing_values_are_filled_as_they_are_for_learning(table: Table) -> None:
    data = prepare(table, PreparationSettings(missing="mean"), 0)
    assert len(glance_components(table, data, None).points) == 100
