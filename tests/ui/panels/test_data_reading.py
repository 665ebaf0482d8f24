"""What the Data panel says of files: read rightly, read otherwise, read in part."""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication, QTextDocumentFragment
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractSpinBox,
    QComboBox,
    QLabel,
    QLineEdit,
    QProgressBar,
    QPushButton,
)
from pytestqt.qtbot import QtBot

from genstudio.data.preparation import PreparationSettings, prepare
from genstudio.data.table import Column, ColumnType, Table
from genstudio.models.registry import models
from genstudio.runs.job import Status
from genstudio.ui.data_views.column_model import Field
from genstudio.ui.panels.data import DataPanel
from genstudio.ui.session_model import SessionModel
from tests.ui.panels.data_steps import (
    HTML,
    LEFT,
    choose,
    click,
    find,
    german,
    load_penguins,
    open_file,
    place_of,
    settled,
    text,
)

# What the offscreen platform says when a list opens.
pytestmark = pytest.mark.qt_log_ignore("does not support grabbing the keyboard")


def test_without_data_the_panel_says_what_to_do(panel: DataPanel) -> None:
    assert text(panel, "data.name") == "No data yet"
    assert "Open a file" in text(panel, "data.counts")
    assert not find(panel, QAbstractButton, "data.export").isEnabled()


def test_size_split_and_rows_left_out_are_said(panel: DataPanel, qtbot: QtBot, model: SessionModel) -> None:
    load_penguins(qtbot, model)
    assert text(panel, "data.name") == "Palmer penguins"
    for part in ("344 rows × 7 columns", "4 learned", "240 train", "34 validation", "68 test", "2 left out"):
        assert part in text(panel, "data.counts")


def test_a_german_file_is_read_rightly(panel: DataPanel, qtbot: QtBot, model: SessionModel, tmp_path: Path) -> None:
    open_file(qtbot, model, german(tmp_path / "wetter.csv"))
    assert model.table is not None
    np.testing.assert_allclose(model.table.column("Temperatur").values, [3.5, np.nan, -1.25, 7.75])
    click(panel, "data.rows")
    rows = panel.rows.rows
    shown = [[rows.index(row, column).data() for column in range(3)] for row in range(4)]
    assert shown[0] == ["2024-02-01", "3.5", "Köln"]
    assert shown[1] == ["2024-02-02", "–", "Bonn"]
    qtbot.waitUntil(lambda: panel.rows.reading.form is not None)
    assert find(panel, QComboBox, "data.reading.separator").currentText() == ";"
    assert find(panel, QComboBox, "data.reading.decimal").currentText() == ","


def test_another_reading_and_back_to_the_detected(
    panel: DataPanel, qtbot: QtBot, model: SessionModel, tmp_path: Path
) -> None:
    open_file(qtbot, model, german(tmp_path / "wetter.csv"))
    click(panel, "data.rows")
    qtbot.waitUntil(lambda: panel.rows.reading.form is not None)
    choose(find(panel, QComboBox, "data.reading.decimal"), ".")
    settled(qtbot, model)
    assert model.table is not None
    assert model.table.column("Temperatur").levels
    # No column of numbers but the date is left, which is still something to learn from.
    assert model.recipe.data.options == {"decimal": "."}
    click(panel, "data.detected")
    settled(qtbot, model)
    assert model.recipe.data.options == {}
    assert not model.table.column("Temperatur").levels
    assert find(panel, QComboBox, "data.reading.decimal").currentText() == ","


def test_another_array_of_the_file(panel: DataPanel, qtbot: QtBot, model: SessionModel, tmp_path: Path) -> None:
    x, y = np.random.default_rng(0).normal(size=(30, 2)), np.arange(30) % 2
    path = tmp_path / "several.npz"
    np.savez(path, first_X=x, first_y=y, second_x=x[:20], second_y=y[:20], third=x[:10])
    open_file(qtbot, model, path)
    assert "also holds `second`, `third`" in text(panel, "data.notes")
    click(panel, "data.rows")
    qtbot.waitUntil(lambda: panel.rows.reading.form is not None)
    combo = find(panel, QComboBox, "data.reading.array")
    assert [combo.itemText(i) for i in range(combo.count())] == ["first", "second", "third"]
    assert combo.currentText() == "first"
    choose(combo, "second")
    settled(qtbot, model)
    assert model.recipe.data.options == {"array": "second"}
    assert model.table is not None
    assert (len(model.table), model.table.label) == (20, "second_y")
    # What a recipe names besides what is offered is shown too.
    model.edit_data(model.recipe.data.model_copy(update={"options": {"array": "first_X"}}), "Change reading")
    settled(qtbot, model)
    assert combo.currentText() == "first_X"
    click(panel, "data.detected")
    settled(qtbot, model)
    assert combo.currentText() == "first"
    assert len(model.table) == 30


def test_a_reading_that_fails_keeps_the_former(
    panel: DataPanel, qtbot: QtBot, model: SessionModel, tmp_path: Path
) -> None:
    path = tmp_path / "some.csv"
    path.write_text("a,b\n1,2\n3,4\n5,6\n")
    open_file(qtbot, model, path)
    click(panel, "data.rows")
    qtbot.waitUntil(lambda: panel.rows.reading.form is not None)
    before = model.table
    skip = find(panel, QAbstractSpinBox, "data.reading.skip_rows")
    skip.setFocus()
    QTest.keyClick(skip, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    QTest.keyClicks(skip, "99")
    QTest.keyClick(skip, Qt.Key.Key_Return)
    settled(qtbot, model)
    assert model.table is before
    assert model.messages.all[-1].level == "warning"
    assert model.recipe.data.options == {}
    assert panel.rows.reading.form is not None
    assert panel.rows.reading.form.values()["skip_rows"] == 0


def test_names_and_cells_with_html_stay_plain(
    panel: DataPanel, qtbot: QtBot, model: SessionModel, tmp_path: Path
) -> None:
    path = tmp_path / "<b>bold.csv"
    lines = "".join(f"{i},{i * i},{HTML if i % 2 else 'b'}\n" for i in range(20))
    path.write_text(f"{HTML},y,kind\n{lines}")
    open_file(qtbot, model, path)
    assert text(panel, "data.name") == "<b>bold.csv"
    for label in panel.findChildren(QLabel):
        assert label.textFormat() == Qt.TextFormat.PlainText or "<" not in label.text()
    index = place_of(panel, HTML)
    assert index.data() == HTML
    click(panel, "data.rows")
    assert panel.rows.rows.index(1, 2).data() == HTML
    # Tooltips take what holds a tag for rich text, so theirs must be escaped.
    header = panel.rows.rows.headerData(0, Qt.Orientation.Horizontal, Qt.ItemDataRole.ToolTipRole)
    name = find(panel, QLabel, "data.name").toolTip()
    for words, tip in ((HTML, index.data(Qt.ItemDataRole.ToolTipRole)), (HTML, header), ("<b>bold.csv", name)):
        assert QTextDocumentFragment.fromHtml(tip).toPlainText() == words
    click(panel, "data.look")
    qtbot.waitUntil(lambda: "rows" in text(panel, "data.look.sentence"))


def test_a_megabyte_in_a_cell_is_cut_short(panel: DataPanel, qtbot: QtBot, model: SessionModel, tmp_path: Path) -> None:
    path = tmp_path / "long.csv"
    path.write_text("x,note\n1," + "wide " * 200_000 + "\n2,short\n3,other\n")
    open_file(qtbot, model, path)
    click(panel, "data.rows")
    assert len(panel.rows.rows.index(0, 1).data()) <= 200
    click(panel, "data.copy")
    assert len(QGuiApplication.clipboard().text()) < 1000


def test_cancelling_keeps_the_former_data(panel: DataPanel, qtbot: QtBot, model: SessionModel, large: Path) -> None:
    load_penguins(qtbot, model)
    before = model.recipe
    model.open_data(large)
    cancel, bar = find(panel, QPushButton, "data.cancel"), find(panel, QProgressBar, "data.progress")
    qtbot.waitUntil(lambda: cancel.isVisible() and bar.value() > 0)
    QTest.mouseClick(cancel, LEFT)
    assert model.loading is None
    assert model.recipe == before
    assert text(panel, "data.name") == "Palmer penguins"
    assert not cancel.isVisible()


def test_a_missing_file_keeps_the_former_data(
    panel: DataPanel, qtbot: QtBot, model: SessionModel, tmp_path: Path
) -> None:
    load_penguins(qtbot, model)
    open_file(qtbot, model, tmp_path / "nothing.csv")
    assert text(panel, "data.name") == "Palmer penguins"
    assert model.recipe.data.source == "penguins"
    assert "There is no file" in model.messages.all[-1].text


def test_data_can_be_loaded_while_a_model_trains(panel: DataPanel, qtbot: QtBot, model: SessionModel) -> None:
    load_penguins(qtbot, model)
    model.set_models(models())
    settled(qtbot, model)
    model.slow_down(0.2)
    model.edit_settings(tol=0.0, max_iter=100_000)
    model.train()
    run = model.training
    assert run is not None
    model.choose_source("old_faithful")
    settled(qtbot, model)
    assert "272 rows" in text(panel, "data.counts")
    assert run.status is Status.TRAINING
    assert run.data is not None
    assert run.data.name == "Palmer penguins"


def test_a_hundred_thousand_columns_do_not_freeze(panel: DataPanel, qtbot: QtBot, model: SessionModel) -> None:
    values = np.random.default_rng(0).normal(size=(100_000, 4))
    columns = tuple(Column(f"gene {i}", ColumnType.NUMBER, row) for i, row in enumerate(values))
    table = Table("wide", columns)
    data = prepare(Table("wide", columns[:50]), PreparationSettings(test=0.25), 0)
    slowest = 0.0

    def timed(what: Callable[[], object]) -> None:
        nonlocal slowest
        # The processor time of this thread: what others do on a busy machine does not count.
        started = time.thread_time()
        what()
        panel.grab()
        slowest = max(slowest, time.thread_time() - started)

    model.raw, model.data = table, data
    timed(model.data_changed.emit)
    for view in ("rows", "look", "columns"):
        timed(partial(click, panel, f"data.{view}"))
    timed(panel.columns.table.scrollToBottom)
    for key in "77777":
        timed(partial(QTest.keyClicks, find(panel, QLineEdit, "data.filter"), key))
    assert slowest < 1.0
    assert panel.columns.columns.rowCount() == 1
    index = panel.columns.columns.index(0, Field.MISSING)
    qtbot.waitUntil(lambda: index.data() == "0")


def test_what_the_reader_noticed_stands_under_the_name(
    panel: DataPanel, qtbot: QtBot, model: SessionModel, tmp_path: Path
) -> None:
    path = tmp_path / "ragged.csv"
    path.write_text("x,y\n1,2\n3\n4,5\n6,7\n")
    open_file(qtbot, model, path)
    notes = find(panel, QLabel, "data.notes")
    assert notes.isVisible()
    assert "fewer cells" in text(panel, "data.notes")
    load_penguins(qtbot, model)
    assert not notes.isVisible()
