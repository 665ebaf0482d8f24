"""The Data panel, used as a person uses it: real files, real clicks."""

from __future__ import annotations

import csv
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QModelIndex, QPoint, QPointF, Qt
from PySide6.QtGui import QGuiApplication, QTextDocumentFragment
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractSpinBox,
    QCheckBox,
    QComboBox,
    QFileDialog,
    QLabel,
    QLineEdit,
    QProgressBar,
    QPushButton,
    QTableView,
    QWidget,
)
from pytestqt.qtbot import QtBot

from genstudio.data.preparation import PreparationSettings, prepare
from genstudio.data.table import Column, ColumnType, Table
from genstudio.models.registry import models
from genstudio.runs.job import Status
from genstudio.ui.data_views.column_model import HEIGHTS_ROLE, Field
from genstudio.ui.panels.data import DataPanel
from genstudio.ui.session_model import SessionModel
from genstudio.ui.theme import Theme

# What the offscreen platform says when a list opens.
pytestmark = pytest.mark.qt_log_ignore("does not support grabbing the keyboard")

Check = Qt.CheckState

LEFT = Qt.MouseButton.LeftButton
HTML = "<img src=x onerror=alert(1)>"


@pytest.fixture
def model() -> Iterator[SessionModel]:
    """State without a window; its threads end with the test."""
    found = SessionModel()
    yield found
    found.close()


@pytest.fixture
def panel(qtbot: QtBot, theme: Theme, model: SessionModel) -> DataPanel:
    found = DataPanel(model, theme)
    qtbot.addWidget(found)
    found.resize(1000, 620)
    with qtbot.waitExposed(found):
        found.show()
    return found


def settled(qtbot: QtBot, model: SessionModel) -> None:
    qtbot.waitUntil(lambda: model.loading is None, timeout=20_000)


def load_penguins(qtbot: QtBot, model: SessionModel) -> None:
    model.choose_source("penguins")
    settled(qtbot, model)
    assert model.data is not None


def open_file(qtbot: QtBot, model: SessionModel, path: Path) -> None:
    model.open_data(path)
    settled(qtbot, model)


def find(panel: DataPanel, kind: type, name: str) -> QWidget:
    found = panel.findChild(kind, name)
    assert found is not None, name
    return found


def click(panel: DataPanel, name: str) -> None:
    QTest.mouseClick(find(panel, QAbstractButton, name), LEFT)


def choose(combo: QComboBox, text: str) -> None:
    """Open the list, go to an entry and press Return."""
    QTest.mouseClick(combo, LEFT)
    take(combo, text)


def take(combo: QComboBox, text: str) -> None:
    """From an open list; by key, since Qt ignores clicks just after opening, as they may belong to it."""
    place = combo.findText(text)
    assert place >= 0, text
    combo.view().setCurrentIndex(combo.model().index(place, 0))
    QTest.keyClick(combo.view(), Qt.Key.Key_Return)


def place_of(panel: DataPanel, name: str, field: Field = Field.NAME) -> QModelIndex:
    model = panel.columns.columns
    row = next(row for row in range(model.rowCount()) if model.column(row).name == name)
    return model.index(row, field)


def click_check(panel: DataPanel, name: str) -> None:
    table = panel.columns.table
    area = table.visualRect(place_of(panel, name))
    QTest.mouseClick(table.viewport(), LEFT, pos=area.topLeft() + QPoint(16, area.height() // 2))


def text(panel: DataPanel, name: str) -> str:
    return find(panel, QLabel, name).text()


def german(path: Path) -> Path:
    path.write_text(
        "Datum;Temperatur;Ort\n01.02.2024;3,5;Köln\n02.02.2024;;Bonn\n03.02.2024;-1,25;Köln\n04.02.2024;7,75;Bonn\n",
        encoding="cp1252",
    )
    return path


# What the data are.


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


# Columns.


def test_shapes_ranges_and_missing_counts_arrive(panel: DataPanel, qtbot: QtBot, model: SessionModel) -> None:
    load_penguins(qtbot, model)
    index = place_of(panel, "body_mass_g", Field.MISSING)
    qtbot.waitUntil(lambda: index.data() == "2 (0.6 %)")
    assert index.siblingAtColumn(Field.RANGE).data() == "2700 … 6300"
    assert index.siblingAtColumn(Field.SHAPE).data(HEIGHTS_ROLE).max() == 1.0
    assert place_of(panel, "species", Field.RANGE).data() == "Adelie, Gentoo, Chinstrap"


def test_unchecking_a_column_leaves_it_out(panel: DataPanel, qtbot: QtBot, model: SessionModel) -> None:
    load_penguins(qtbot, model)
    click_check(panel, "body_mass_g")
    settled(qtbot, model)
    assert model.data is not None
    wanted = ("bill_length_mm", "bill_depth_mm", "flipper_length_mm")
    assert model.recipe.data.preparation.columns == wanted
    assert model.data.preparation.names == wanted
    assert place_of(panel, "body_mass_g").data(Qt.ItemDataRole.CheckStateRole) == Check.Unchecked
    click_check(panel, "body_mass_g")
    settled(qtbot, model)
    assert model.data.preparation.names == (*wanted, "body_mass_g")
    click(panel, "data.all")
    settled(qtbot, model)
    assert model.recipe.data.preparation.columns is None


def test_the_space_bar_checks_too(panel: DataPanel, qtbot: QtBot, model: SessionModel) -> None:
    load_penguins(qtbot, model)
    panel.columns.table.setCurrentIndex(place_of(panel, "bill_depth_mm", Field.RANGE))
    QTest.keyClick(panel.columns.table, Qt.Key.Key_Space)
    settled(qtbot, model)
    assert "bill_depth_mm" not in (model.recipe.data.preparation.columns or ())


def test_the_last_column_stays(panel: DataPanel, qtbot: QtBot, model: SessionModel) -> None:
    load_penguins(qtbot, model)
    model.edit_preparation(columns=("body_mass_g",))
    settled(qtbot, model)
    click_check(panel, "body_mass_g")
    assert model.recipe.data.preparation.columns == ("body_mass_g",)
    assert model.messages.all[-1].text == "At least one column must be learned from."


def test_a_role_is_chosen_in_its_cell(panel: DataPanel, qtbot: QtBot, model: SessionModel) -> None:
    load_penguins(qtbot, model)
    table, place = panel.columns.table, place_of(panel, "sex", Field.ROLE)
    table.scrollTo(place)
    QTest.mouseClick(table.viewport(), LEFT, pos=table.visualRect(place).center())
    QTest.mouseDClick(table.viewport(), LEFT, pos=table.visualRect(place).center())
    qtbot.waitUntil(lambda: table.findChild(QComboBox, "data.role") is not None)
    combo = table.findChild(QComboBox, "data.role")
    qtbot.waitUntil(combo.view().isVisible)
    take(combo, "label")
    settled(qtbot, model)
    assert model.data is not None
    assert model.data.labels is not None
    assert model.recipe.data.preparation.label == "sex"
    assert place_of(panel, "species", Field.ROLE).data() == "ignore"
    assert find(panel, QComboBox, "data.label").currentText() == "sex"


def test_label_anomalous_value_and_normal_only(panel: DataPanel, qtbot: QtBot, model: SessionModel) -> None:
    load_penguins(qtbot, model)
    normal = find(panel, QCheckBox, "data.normal_only")
    assert not normal.isEnabled()
    choose(find(panel, QComboBox, "data.label"), "island")
    settled(qtbot, model)
    choose(find(panel, QComboBox, "data.anomalous"), "Dream")
    settled(qtbot, model)
    assert model.data is not None
    assert model.data.labels is not None
    assert model.data.labels.levels[model.data.labels.anomalous or 0] == "Dream"
    assert normal.isEnabled()
    QTest.mouseClick(normal, LEFT, pos=QPoint(8, normal.height() // 2))
    settled(qtbot, model)
    assert (model.data.labels.train != model.data.labels.anomalous).all()
    choose(find(panel, QComboBox, "data.label"), "none")
    settled(qtbot, model)
    assert model.data.labels is None
    assert model.recipe.data.preparation.normal_only is False


def test_scaling_shares_and_seed(panel: DataPanel, qtbot: QtBot, model: SessionModel) -> None:
    load_penguins(qtbot, model)
    choose(find(panel, QComboBox, "data.scaling"), "standard")
    settled(qtbot, model)
    assert model.data is not None
    np.testing.assert_allclose(model.data.train.std(axis=0), 1.0)
    test = find(panel, QAbstractSpinBox, "data.test")
    seed = find(panel, QAbstractSpinBox, "data.seed")
    for editor, value in ((test, "0.5"), (seed, "7")):
        editor.setFocus()
        QTest.keyClick(editor, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
        QTest.keyClicks(editor, value)
        QTest.keyClick(editor, Qt.Key.Key_Return)
        settled(qtbot, model)
    assert (model.recipe.data.preparation.test, model.recipe.seed) == (0.5, 7)
    assert len(model.data.test) == 171
    model.undo.undo()
    settled(qtbot, model)
    assert seed.findChild(QLineEdit).text() == "42"


def test_text_can_neither_be_learned_from_nor_plotted(
    panel: DataPanel, qtbot: QtBot, model: SessionModel, tmp_path: Path
) -> None:
    path = tmp_path / "notes.csv"
    path.write_text("x,y,note\n" + "".join(f"{i},{i % 7},remark number {i}\n" for i in range(300)))
    open_file(qtbot, model, path)
    assert not place_of(panel, "note").flags() & Qt.ItemFlag.ItemIsUserCheckable
    click(panel, "data.look")
    qtbot.waitUntil(lambda: "Text cannot be plotted: note." in text(panel, "data.look.sentence"))
    combo = find(panel, QComboBox, "data.look.x")
    assert not combo.model().flags(combo.model().index(combo.findText("note"), 0)) & Qt.ItemFlag.ItemIsEnabled


# Looking.


def test_pairs_lead_to_a_pair(panel: DataPanel, qtbot: QtBot, model: SessionModel) -> None:
    load_penguins(qtbot, model)
    click(panel, "data.look")
    stage = panel.look_at.stage
    qtbot.waitUntil(lambda: "data" in stage.arrays() and len(stage.arrays()["data"]) == 342)
    choose(find(panel, QComboBox, "data.look.mode"), "All pairs")
    pairs = panel.look_at.pairs
    qtbot.waitUntil(pairs.isVisible)
    assert list(pairs.arrays()) == list(model.data.preparation.names)  # type: ignore[union-attr]
    pairs.pair_chosen.emit(3, 0)
    qtbot.waitUntil(stage.isVisible)
    assert find(panel, QComboBox, "data.look.x").currentText() == "body_mass_g"
    assert stage.arrays()["data"][:, 0].max() == 6300


def test_components_state_their_variance(panel: DataPanel, qtbot: QtBot, model: SessionModel) -> None:
    load_penguins(qtbot, model)
    click(panel, "data.look")
    choose(find(panel, QComboBox, "data.look.mode"), "PCA")
    qtbot.waitUntil(lambda: "88.2 % of the variance" in text(panel, "data.look.sentence"))


def test_components_of_one_column_are_a_sentence(panel: DataPanel, qtbot: QtBot, model: SessionModel) -> None:
    load_penguins(qtbot, model)
    model.edit_preparation(columns=("body_mass_g",))
    settled(qtbot, model)
    click(panel, "data.look")
    choose(find(panel, QComboBox, "data.look.mode"), "PCA")
    qtbot.waitUntil(lambda: "at least two columns" in text(panel, "data.look.sentence"))


# Loading.


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("large") / "large.csv"
    path.write_bytes(b"x,y\n" + b"0.5,12.25\n-3.75,8.5\n" * 2_000_000)
    return path


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
    model.slow_down(0.2)
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

    def timed(what: object) -> None:
        nonlocal slowest
        started = time.perf_counter()
        what()  # type: ignore[operator]
        panel.grab()
        slowest = max(slowest, time.perf_counter() - started)

    model.table, model.data = table, data
    timed(model.data_changed.emit)
    for view in ("rows", "look", "columns"):
        timed(lambda view=view: click(panel, f"data.{view}"))
    timed(panel.columns.table.scrollToBottom)
    timed(lambda: QTest.keyClicks(find(panel, QLineEdit, "data.filter"), "77777"))
    assert slowest < 2.0
    assert panel.columns.columns.rowCount() == 1
    index = panel.columns.columns.index(0, Field.MISSING)
    qtbot.waitUntil(lambda: index.data() == "0")


# Taking away.


def test_selected_rows_are_copied(panel: DataPanel, qtbot: QtBot, model: SessionModel) -> None:
    load_penguins(qtbot, model)
    click(panel, "data.rows")
    table = find(panel, QTableView, "data.preview")
    assert isinstance(table, QAbstractItemView)
    table.selectRow(3)
    table.setFocus()
    QTest.keyClick(table, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    lines = QGuiApplication.clipboard().text().splitlines()
    assert lines[0].split("\t")[:2] == ["species", "island"]
    assert lines[1].split("\t") == ["Adelie", "Torgersen", "–", "–", "–", "–", "–"]
    assert len(lines) == 2


def test_the_prepared_table_is_exported(
    panel: DataPanel, qtbot: QtBot, model: SessionModel, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    load_penguins(qtbot, model)
    path = tmp_path / "out.csv"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *a, **k: (str(path.with_suffix("")), ""))
    click(panel, "data.export")
    qtbot.waitUntil(lambda: [m.text for m in model.messages.all] == ["out.csv was written."])
    with path.open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 342
    assert rows[0]["label"] == "Adelie"
    assert float(rows[0]["bill_length_mm"]) == pytest.approx(39.1)


# Drawing.


def stroke(panel: DataPanel, *places: tuple[float, float]) -> None:
    board = panel.draw.canvas.board
    for place in places:
        at = board.mapFromScene(board.plotItem.vb.mapViewToScene(QPointF(*place)))
        QTest.mouseClick(board.viewport(), LEFT, pos=at)


def test_drawn_points_become_the_data_and_follow_each_stroke(
    panel: DataPanel, qtbot: QtBot, model: SessionModel
) -> None:
    panel.open_canvas()
    assert find(panel, QAbstractButton, "data.draw").isChecked()
    stroke(panel, (-2.0, 0.0), (2.0, 1.0))
    assert model.recipe.data.source != "drawing"
    click(panel, "data.canvas.use")
    settled(qtbot, model)
    assert model.recipe.data.options["points"] == panel.draw.canvas.drawing.rows()
    assert model.table is not None
    assert len(model.table) == 24
    model.edit_preparation(scaling="standard")
    settled(qtbot, model)
    click(panel, "data.canvas.class2")
    stroke(panel, (0.0, -3.0))
    settled(qtbot, model)
    assert len(model.table) == 36
    assert model.table.column("class").levels == ("A", "B")
    assert model.recipe.data.preparation.scaling == "standard"
    click(panel, "data.canvas.undo")
    settled(qtbot, model)
    assert len(model.table) == 24


def test_the_canvas_follows_undo_of_the_recipe(panel: DataPanel, qtbot: QtBot, model: SessionModel) -> None:
    model.choose_source("drawing", points=[[0.0, 1.0, 0], [1.0, 1.0, 1], [2.0, 1.0, 1]])
    settled(qtbot, model)
    assert len(panel.draw.canvas.drawing) == 3
    panel.open_canvas()
    stroke(panel, (0.0, 0.0))
    settled(qtbot, model)
    assert len(panel.draw.canvas.drawing) == 15
    model.undo.undo()
    settled(qtbot, model)
    assert panel.draw.canvas.drawing.rows() == [[0.0, 1.0, 0], [1.0, 1.0, 1], [2.0, 1.0, 1]]


def test_an_emptied_drawing_leaves_the_data_as_they_are(panel: DataPanel, qtbot: QtBot, model: SessionModel) -> None:
    panel.open_canvas()
    stroke(panel, (0.0, 0.0))
    click(panel, "data.canvas.use")
    settled(qtbot, model)
    click(panel, "data.canvas.clear")
    settled(qtbot, model)
    assert model.table is not None
    assert len(model.table) == 12
    assert "The data stay as they are" in text(panel, "data.canvas.status")
    assert not [message for message in model.messages.all if message.level != "info"]


# The widgets themselves.


def test_every_control_has_a_name_and_a_title_of_its_own(
    panel: DataPanel, qtbot: QtBot, model: SessionModel, tmp_path: Path
) -> None:
    open_file(qtbot, model, german(tmp_path / "wetter.csv"))
    qtbot.waitUntil(lambda: panel.rows.reading.form is not None)
    for view in ("columns", "rows", "look", "draw"):
        click(panel, f"data.{view}")
    kinds = (QAbstractButton, QComboBox, QAbstractSpinBox, QTableView)
    controls = [w for kind in kinds for w in panel.findChildren(kind) if _is_ours(w)]
    names = [control.objectName() for control in controls]
    assert len(names) == len(set(names)) > 30
    for control in controls:
        assert control.objectName().startswith("data."), control
        assert control.accessibleName() or (isinstance(control, QAbstractButton) and control.text()), control
        assert control.toolTip() or isinstance(control, QTableView), control.objectName()


def test_the_panel_fits_a_small_window(panel: DataPanel, qtbot: QtBot, model: SessionModel) -> None:
    load_penguins(qtbot, model)
    for view in ("columns", "rows", "look", "draw"):
        click(panel, f"data.{view}")
    assert panel.minimumSizeHint().height() <= 400
    assert panel.minimumSizeHint().width() <= 640


def test_nothing_jumps_when_loading_shows_itself(
    panel: DataPanel, qtbot: QtBot, model: SessionModel, large: Path
) -> None:
    load_penguins(qtbot, model)
    before = panel.header.geometry(), panel.columns.table.geometry()
    model.open_data(large)
    qtbot.waitUntil(find(panel, QPushButton, "data.cancel").isVisible)
    assert (panel.header.geometry(), panel.columns.table.geometry()) == before
    model.cancel_loading()


def _is_ours(widget: QWidget) -> bool:
    """Parts that Qt makes inside its own widgets (corner buttons, editors of combo boxes) have no names."""
    return not widget.objectName().startswith("qt_") and not isinstance(widget.parent(), QTableView | QLineEdit)
