"""Values as a person reads them."""

from __future__ import annotations

import numpy as np
import pytest

from genstudio.data.preparation import PreparationSettings
from genstudio.data.summary import summarise
from genstudio.data.table import Column, ColumnType, Table
from genstudio.ui.data_views.cells import cell_text, missing_text, range_text, shortened
from genstudio.ui.data_views.roles import label_name, with_label, with_role

NAN = float("nan")


def column(kind: ColumnType, *values: float, levels: tuple[str, ...] = ()) -> Column:
    return Column("c", kind, np.array(values, dtype=float), levels)


@pytest.mark.parametrize(
    ("kind", "value", "levels", "shown"),
    [
        (ColumnType.NUMBER, 1.5, (), "1.5"),
        (ColumnType.NUMBER, 1e-200, (), "1e-200"),
        (ColumnType.NUMBER, NAN, (), "–"),
        (ColumnType.FLAG, 1, (), "yes"),
        (ColumnType.FLAG, 0, (), "no"),
        (ColumnType.DATE, 86_400, (), "1970-01-02"),
        (ColumnType.DATE, -0.5, (), "1969-12-31 23:59:59"),
        (ColumnType.DATE, 1e30, (), "1e+30 s"),
        (ColumnType.CATEGORY, 1, ("a", "two\nlines"), "two lines"),
        (ColumnType.TEXT, 0, ("😀 עברית",), "😀 עברית"),
    ],
)
def test_cells(kind: ColumnType, value: float, levels: tuple[str, ...], shown: str) -> None:
    assert cell_text(column(kind, value, levels=levels), 0) == shown


@pytest.mark.parametrize(
    ("values", "levels", "shown"),
    [
        ((1.0, 3.0), (), "1 … 3"),
        ((2.0, 2.0), (), "always 2"),
        ((NAN,), (), "no values"),
        ((0.0, 1.0, 1.0), ("a", "b"), "b, a"),
        ((0.0, 1.0, 2.0, 3.0, 4.0), ("a", "b", "c", "d", "e"), "a, b, c and 2 more"),
    ],
)
def test_ranges(values: tuple[float, ...], levels: tuple[str, ...], shown: str) -> None:
    found = column(ColumnType.CATEGORY if levels else ColumnType.NUMBER, *values, levels=levels)
    assert range_text(found, summarise(found)) == shown


@pytest.mark.parametrize(("missing", "rows", "shown"), [(0, 9, "0"), (1, 4, "1 (25.0 %)"), (1, 5000, "1 (< 0.1 %)")])
def test_missing(missing: int, rows: int, shown: str) -> None:
    values = np.zeros(rows)
    values[:missing] = NAN
    assert missing_text(summarise(Column("c", ColumnType.NUMBER, values))) == shown


def test_long_words_are_cut() -> None:
    assert shortened("x" * 1_000_000) == "x" * 199 + "…"
    assert shortened("short") == "short"


@pytest.fixture
def table() -> Table:
    names = ("a", "b", "kind")
    return Table("t", tuple(Column(name, ColumnType.NUMBER, np.arange(3.0)) for name in names), "kind")


def test_roles_become_changes_in_the_order_of_the_table(table: Table) -> None:
    settings = PreparationSettings()
    assert with_role(table, settings, ("b",), "a", "learn") == {"columns": ("a", "b")}
    assert with_role(table, settings, ("a", "b"), "b", "ignore") == {"columns": ("a",)}
    assert with_role(table, settings, ("a", "b"), "a", "label") == {
        "columns": ("b",), "label": "a", "anomalous": None,
    }


def test_a_label_that_is_learned_from_is_no_label_any_more(table: Table) -> None:
    changes = with_role(table, PreparationSettings(anomalous="1", normal_only=True), ("a",), "kind", "learn")
    assert changes == {"columns": ("a", "kind"), "label": "", "anomalous": None, "normal_only": False}
    assert label_name(table, PreparationSettings(label="")) is None
    assert with_label(table, PreparationSettings(), ("a",), None)["label"] == ""
