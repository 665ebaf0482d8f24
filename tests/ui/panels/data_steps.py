"""What a person does on the Data panel, for its tests."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QModelIndex, QPoint, QPointF, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QComboBox,
    QLabel,
    QWidget,
)
from pytestqt.qtbot import QtBot

from genstudio.ui.data_views.column_model import Field
from genstudio.ui.panels.data import DataPanel
from genstudio.ui.session_model import SessionModel
from tests.patience import PATIENCE_MS

LEFT = Qt.MouseButton.LeftButton
HTML = "<img src=x onerror=alert(1)>"


def settled(qtbot: QtBot, model: SessionModel) -> None:
    qtbot.waitUntil(lambda: model.loading is None, timeout=PATIENCE_MS)


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


def stroke(panel: DataPanel, *places: tuple[float, float]) -> None:
    board = panel.draw.canvas.board
    for place in places:
        at = board.mapFromScene(board.plotItem.vb.mapViewToScene(QPointF(*place)))
        QTest.mouseClick(board.viewport(), LEFT, pos=at)
