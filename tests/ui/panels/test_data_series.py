"""Sequences in the Data panel: made of any table in few clicks, listed, found, drawn."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import QModelIndex, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QComboBox, QLineEdit, QTableView
from pytestqt.qtbot import QtBot

from genstudio.data.dataset import Kind
from genstudio.data.series_glance import SeriesGlance
from genstudio.models.registry import models
from genstudio.ui.data_views.cells import MISSING
from genstudio.ui.data_views.column_model import Field
from genstudio.ui.data_views.series_model import SeriesField, SeriesModel
from genstudio.ui.panels.data import DataPanel
from genstudio.ui.session_model import SessionModel
from tests.ui.panels.data_steps import HTML, choose, click, find, load_penguins, open_file, settled, text

# What the offscreen platform says when a list opens.
pytestmark = pytest.mark.qt_log_ignore("does not support grabbing the keyboard")


@pytest.fixture
def walks(tmp_path: Path) -> Path:
    """Five sequences in time, told apart by a column, with a class each and a gap."""
    path = tmp_path / "walks.csv"
    lines = ["subject,time,speed,turn,gait"]
    for subject in range(5):
        for time in range(6 + subject):
            speed = "" if (subject, time) == (2, 3) else f"{subject + time / 10}"
            lines.append(f"p{subject},{time},{speed},{(time * 7) % 5},{'run' if subject % 2 else 'walk'}")
    path.write_text("\n".join(lines), encoding="utf-8")
    return path


def sequential(panel: DataPanel, qtbot: QtBot, model: SessionModel, walks: Path) -> None:
    """Open the walks, whose columns say by their names that they are sequences."""
    open_file(qtbot, model, walks)
    click(panel, "data.series")
    drawn(panel, qtbot, model)


def drawn(panel: DataPanel, qtbot: QtBot, model: SessionModel) -> None:
    settled(qtbot, model)
    qtbot.waitUntil(lambda: model.pump.task("data.series") is None and panel.series.plot.picture.series is not None)


def table(panel: DataPanel) -> QTableView:
    found = find(panel, QTableView, "data.series.table")
    assert isinstance(found, QTableView)
    return found


def cells(panel: DataPanel, row: int) -> list[str]:
    return [str(table(panel).model().index(row, field).data()) for field in SeriesField]


def values(panel: DataPanel, name: str) -> Any:
    return panel.series.plot.arrays()[name]


def test_independent_rows_become_a_sequence_by_one_button(
    panel: DataPanel, qtbot: QtBot, model: SessionModel
) -> None:
    load_penguins(qtbot, model)
    click(panel, "data.series")
    assert panel.series.take.isVisible()
    click(panel, "data.series.take")
    drawn(panel, qtbot, model)
    assert model.data is not None
    assert model.data.kind is Kind.SEQUENCES
    assert "One sequence of 344 rows" in text(panel, "data.series.sentence")
    assert "one sequence of 344 rows" in text(panel, "data.counts")
    assert not panel.series.list.isVisible()


def test_what_was_made_of_the_rows_is_said(panel: DataPanel, qtbot: QtBot, model: SessionModel, walks: Path) -> None:
    sequential(panel, qtbot, model, walks)
    said = text(panel, "data.series.sentence")
    assert "5 sequences of 6 to 10 rows each, told apart by `subject`, ordered by `time`, 1 row with missing v" in said
    assert "The strip shows `gait`" in said
    assert "5 sequences of 6 to 10 rows each" in text(panel, "data.counts")
    assert [cells(panel, 2)[i] for i in (0, 1, 2, 3)] == ["p2", "8", "walk", "1"]
    np.testing.assert_equal(values(panel, "speed"), np.arange(6) / 10)


def test_any_table_is_sequences_in_three_clicks(panel: DataPanel, qtbot: QtBot, model: SessionModel) -> None:
    load_penguins(qtbot, model)
    click(panel, "data.series")
    choose(find(panel, QComboBox, "data.series.sequence"), "island")  # two clicks: open and choose
    drawn(panel, qtbot, model)
    preparation = model.recipe.data.preparation
    assert (preparation.kind, preparation.sequence) == ("sequences", "island")
    assert table(panel).model().rowCount() == 3
    model.undo.undo()
    drawn(panel, qtbot, model)
    assert model.data is not None
    assert model.data.kind is Kind.TABLE
    assert panel.series.take.isVisible()
    model.undo.redo()
    drawn(panel, qtbot, model)
    assert model.data.kind is Kind.SEQUENCES


def test_sequences_are_taken_as_independent_rows_again(
    panel: DataPanel, qtbot: QtBot, model: SessionModel, walks: Path
) -> None:
    sequential(panel, qtbot, model, walks)
    choose(find(panel, QComboBox, "data.series.kind"), "independent")
    settled(qtbot, model)
    assert model.data is not None
    assert model.data.kind is Kind.TABLE
    choose(find(panel, QComboBox, "data.series.kind"), "sequences")
    drawn(panel, qtbot, model)
    assert model.recipe.data.preparation.sequence == "subject"


def test_the_fields_of_both_views_say_the_same(
    panel: DataPanel, qtbot: QtBot, model: SessionModel, walks: Path
) -> None:
    sequential(panel, qtbot, model, walks)
    click(panel, "data.columns")
    assert find(panel, QComboBox, "data.sequence").currentText() == "subject"
    choose(find(panel, QComboBox, "data.time"), "turn")
    settled(qtbot, model)
    assert model.recipe.data.preparation.time == "turn"
    assert find(panel, QComboBox, "data.series.time").currentText() == "turn"
    choose(find(panel, QComboBox, "data.sequence"), "one sequence")
    settled(qtbot, model)
    assert model.data is not None
    assert "one sequence of 40 rows" in text(panel, "data.counts")


def test_columns_that_tell_the_order_have_roles(
    panel: DataPanel, qtbot: QtBot, model: SessionModel, walks: Path
) -> None:
    sequential(panel, qtbot, model, walks)
    columns = panel.columns.columns
    roles = [columns.index(row, Field.ROLE) for row in range(columns.rowCount())]
    assert [role.data() for role in roles] == ["sequence", "time", "learn", "learn", "label"]
    # Editing begins with what can be chosen.
    assert [role.data(Qt.ItemDataRole.EditRole) for role in roles[:2]] == ["ignore", "ignore"]
    model.edit_preparation(kind="table")
    settled(qtbot, model)
    assert [role.data() for role in roles[:2]] == ["ignore", "learn"]


def test_a_column_that_tells_the_split_is_chosen(panel: DataPanel, qtbot: QtBot, model: SessionModel) -> None:
    load_penguins(qtbot, model)
    path = Path(str(model.recipe.data.path)) if model.recipe.data.path else None
    assert path is None
    choose(find(panel, QComboBox, "data.split"), "species")
    qtbot.waitUntil(lambda: model.loading is None and bool(model.messages.all))
    assert "none of train, valid and test" in model.messages.all[-1].text
    assert model.recipe.data.preparation.split is None
    assert find(panel, QComboBox, "data.split").currentText() == "by the shares"


def test_arrow_keys_go_through_the_sequences(panel: DataPanel, qtbot: QtBot, model: SessionModel, walks: Path) -> None:
    sequential(panel, qtbot, model, walks)
    QTest.keyClick(table(panel), Qt.Key.Key_Down)
    QTest.keyClick(table(panel), Qt.Key.Key_Down)
    assert len(values(panel, "speed")) == 8
    assert np.isnan(values(panel, "speed")).sum() == 1
    assert panel.series.plot.picture.words == ("run", "walk")
    heights = [(lane.low, lane.high) for lane in panel.series.plot.drawing.lanes]
    QTest.keyClick(table(panel), Qt.Key.Key_Up)
    assert [(lane.low, lane.high) for lane in panel.series.plot.drawing.lanes] == heights


def test_all_sequences_stand_in_a_row_until_one_is_chosen(
    panel: DataPanel, qtbot: QtBot, model: SessionModel, walks: Path
) -> None:
    sequential(panel, qtbot, model, walks)
    click(panel, "data.series.all")
    assert len(values(panel, "speed")) == 40
    assert panel.series.plot.picture.series.starts.tolist() == [6, 13, 21, 30]  # type: ignore[union-attr]
    rectangle = table(panel).visualRect(table(panel).model().index(0, 0))
    QTest.mouseClick(table(panel).viewport(), Qt.MouseButton.LeftButton, pos=rectangle.center())
    assert len(values(panel, "speed")) == 6
    assert not find(panel, QAbstractButton, "data.series.all").isChecked()  # type: ignore[attr-defined]


def test_sequences_are_found_by_key_and_by_class(
    panel: DataPanel, qtbot: QtBot, model: SessionModel, walks: Path
) -> None:
    sequential(panel, qtbot, model, walks)
    line = find(panel, QLineEdit, "data.series.filter")
    QTest.keyClicks(line, "RUN")
    assert [cells(panel, row)[0] for row in range(table(panel).model().rowCount())] == ["p1", "p3"]
    line.clear()  # type: ignore[attr-defined]
    QTest.keyClicks(line, "p4")
    assert [cells(panel, row)[0] for row in range(table(panel).model().rowCount())] == ["p4"]
    QTest.keyClicks(line, "nothing such")
    assert table(panel).model().rowCount() == 0


def test_dates_and_the_label_of_bundled_weather_are_shown(
    panel: DataPanel, qtbot: QtBot, model: SessionModel
) -> None:
    model.choose_source("seattle_weather")
    click(panel, "data.series")
    drawn(panel, qtbot, model)
    plot = panel.series.plot
    assert "date" in plot.arrays()
    assert plot.drawing._box is plot.box
    assert plot.picture.words[0]
    assert not panel.series.list.isVisible()
    assert plot._axis.moment(float(values(panel, "date")[0])) == "2012-01-01"


def test_a_million_rows_are_listed_and_found_without_delay(qtbot: QtBot) -> None:
    count = 100_000
    glance = SeriesGlance(
        names=("x",), hidden=0, values=np.zeros((count, 1)), ends=np.zeros((1, 2)), levels={},
        keys=tuple(f"{HTML}{i}" for i in range(count)), lengths=np.ones(count, np.int64), times=None,
        time_name="step", dated=False, classes=None, words=(), parts=np.full(count, -1), gaps=np.zeros(count, np.int64),
    )
    model = SeriesModel()
    model.show(glance)
    assert (model.rowCount(), model.rowCount(model.index(0, 0)), model.columnCount(QModelIndex())) == (count, 0, 5)
    assert model.index(7, SeriesField.CLASS).data() == MISSING
    assert "<img" not in model.index(7, 0).data(Qt.ItemDataRole.ToolTipRole)
    model.set_filter("99999")
    assert [model.place_of(row) for row in range(model.rowCount())] == [99_999]
    assert (model.row_of(99_999), model.row_of(5)) == (0, -1)


def test_another_model_is_chosen_when_rows_are_no_sequences_any_more(
    qtbot: QtBot, model: SessionModel, walks: Path
) -> None:
    model.set_models(models())
    open_file(qtbot, model, walks)
    model.choose_model("hmm")
    model.edit_preparation(kind="table")
    qtbot.waitUntil(lambda: model.recipe.model.name != "hmm")
    assert "was chosen instead" in model.messages.all[-1].text
    model.undo.undo()
    settled(qtbot, model)
    assert model.recipe.model.name == "hmm"
    assert model.data is not None
    assert model.data.kind is Kind.SEQUENCES
