"""The Data panel, used as a person uses it: columns, label, preparation, and what leaves it."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractSpinBox,
    QCheckBox,
    QComboBox,
    QFileDialog,
    QLineEdit,
    QPushButton,
    QTableView,
    QWidget,
)
from pytestqt.qtbot import QtBot

from genstudio.ui.data_views.column_model import HEIGHTS_ROLE, Field
from genstudio.ui.panels.data import DataPanel
from genstudio.ui.session_model import SessionModel
from tests.ui.panels.data_steps import (
    LEFT,
    choose,
    click,
    click_check,
    find,
    german,
    load_penguins,
    open_file,
    place_of,
    settled,
    take,
    text,
)

# What the offscreen platform says when a list opens.
pytestmark = pytest.mark.qt_log_ignore("does not support grabbing the keyboard")


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
    assert place_of(panel, "body_mass_g").data(Qt.ItemDataRole.CheckStateRole) == Qt.CheckState.Unchecked
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
    qtbot.waitUntil(lambda: model.messages.all[-1].text == "out.csv was written.")
    with path.open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 342
    assert rows[0]["label"] == "Adelie"
    assert float(rows[0]["bill_length_mm"]) == pytest.approx(39.1)


def test_every_control_has_a_name_and_a_title_of_its_own(
    panel: DataPanel, qtbot: QtBot, model: SessionModel, tmp_path: Path
) -> None:
    open_file(qtbot, model, german(tmp_path / "wetter.csv"))
    click(panel, "data.rows")
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


def test_tab_goes_from_left_to_right_and_down(panel: DataPanel, qtbot: QtBot, model: SessionModel) -> None:
    load_penguins(qtbot, model)
    wanted = ["data.columns", "data.draw", "data.export", "data.filter", "data.table", "data.label", "data.anomalous",
              "data.scaling", "data.missing", "data.valid", "data.test", "data.seed"]
    found, widget = [], find(panel, QAbstractButton, "data.columns")
    for _ in range(400):
        if widget.objectName() in wanted and widget.objectName() not in found:
            found.append(widget.objectName())
        widget = widget.nextInFocusChain()
    assert found == wanted
