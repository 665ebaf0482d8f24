"""A person at one of the panels of a mixture: data of three blobs, real training, waiting for what happens."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from PySide6.QtCore import QItemSelectionModel, QModelIndex, Qt
from PySide6.QtWidgets import QLineEdit, QTableView, QWidget
from pytestqt.qtbot import QtBot

from genstudio.data.preparation import PreparationSettings, prepare
from genstudio.data.table import Table, points_table
from genstudio.models.registry import models
from genstudio.runs.run import Run
from genstudio.ui.data_loading import Loaded
from genstudio.ui.panel import Panel
from genstudio.ui.session_model import SessionModel
from tests.patience import PATIENCE_MS

LEFT = Qt.MouseButton.LeftButton


def blobs(n: int = 300, names: tuple[str, ...] = (), columns: int = 2) -> Table:
    """Three round clouds, the first coordinates apart."""
    rng = np.random.default_rng(0)
    centres = np.zeros((3, columns))
    centres[1, 0], centres[2, min(1, columns - 1)] = 6.0, -6.0
    x = centres[rng.integers(3, size=n)] + rng.normal(size=(n, columns))
    return points_table("blobs", x, names=names)


class Hand:
    """Uses a panel by its object names."""

    def __init__(self, panel: Panel, model: SessionModel, qtbot: QtBot) -> None:
        self.panel, self.model, self.qtbot = panel, model, qtbot

    def until(self, condition: Callable[[], object]) -> None:
        self.qtbot.waitUntil(lambda: bool(condition()), timeout=PATIENCE_MS)

    def load(self, table: Table, **preparation: Any) -> None:
        """Take a table as if it had been opened."""
        settings = PreparationSettings(**{"valid": 0.2, "test": 0.2, **preparation})
        data = prepare(table, settings, self.model.recipe.data_seed)
        recipe = self.model.recipe
        self.model.adopt(Loaded(
            recipe.model_copy(update={"data": recipe.data.model_copy(update={"preparation": settings})}),
            table, data, (),
        ))
        if not self.model.families:
            self.model.set_models(models())

    def train(self, **settings: Any) -> Run:
        """Train to the end, once what the last choice had loaded anew is there."""
        self.model.edit_settings(**settings)
        self.until(lambda: self.model.loading is None)
        self.model.train()
        run = self.model.current
        assert run is not None
        self.until(lambda: run.status.ended)
        return run

    def find(self, name: str) -> Any:
        found = self.panel.findChild(QWidget, name)
        assert found is not None, name
        return found

    def click(self, name: str) -> None:
        button = self.find(name)
        assert button.isEnabled(), f"{name} cannot be clicked"
        self.qtbot.mouseClick(button, LEFT)

    def retype(self, name: str, text: str) -> None:
        """Replace what stands in an editor, and press Return."""
        editor = self.find(name)
        line = editor if isinstance(editor, QLineEdit) else editor.findChild(QLineEdit)
        line.setFocus()
        line.selectAll()
        self.qtbot.keyClicks(line, text)
        self.qtbot.keyClick(line, Qt.Key.Key_Return)

    def type_cell(self, view: QTableView, cell: QModelIndex, text: str) -> None:
        """Open a cell's editor as F2 does, type, and press Return."""
        view.selectionModel().setCurrentIndex(cell, QItemSelectionModel.SelectionFlag.ClearAndSelect)
        view.edit(cell)
        line = view.viewport().findChild(QLineEdit)
        assert line is not None, "the cell cannot be edited"
        line.selectAll()
        self.qtbot.keyClick(line, Qt.Key.Key_Delete)
        self.qtbot.keyClicks(line, text)
        self.qtbot.keyClick(line, Qt.Key.Key_Return)
        self.until(lambda: view.viewport().findChild(QLineEdit) is None)

    def said(self) -> str:
        """All messages so far."""
        return "\n".join(f"{message.text} {message.remedy}" for message in self.model.messages.all)
