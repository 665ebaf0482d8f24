"""The real window with a person at it: finds things by name, clicks, types, and waits for what follows."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import pyqtgraph as pg
from PySide6.QtCore import QEvent, QPoint, Qt
from PySide6.QtGui import QAction
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QComboBox, QLineEdit, QWidget
from pytestqt.qtbot import QtBot

from genstudio.runs.job import Status
from genstudio.runs.run import Run
from genstudio.runs.workers import Workers
from genstudio.ui.app import Studio
from genstudio.ui.main_window import MainWindow
from genstudio.ui.session_model import SessionModel
from tests.patience import PATIENCE_MS

W = TypeVar("W", bound=QWidget)
SLOW_SECONDS = 0.02


class Desk:
    """A studio that is open, until `close`."""

    def __init__(self, app: QApplication, qtbot: QtBot, *paths: Path, workers: Workers | None = None) -> None:
        self.app, self.qtbot = app, qtbot
        former = sys.excepthook
        self.studio = Studio(app, workers)
        self.hook = sys.excepthook
        # pytest-qt's own hook fails the test on exceptions in slots; ours would show them in the window.
        sys.excepthook = former
        # Without it plots would drop all but the first of movements that follow each other at once.
        pg.setConfigOption("mouseRateLimit", -1)
        self.studio.open(paths)
        self.window.activateWindow()

    @property
    def window(self) -> MainWindow:
        return self.studio.window

    @property
    def model(self) -> SessionModel:
        return self.studio.model

    @property
    def run(self) -> Run:
        assert self.model.current is not None
        return self.model.current

    def close(self) -> None:
        self.window.close()
        self.qtbot.waitUntil(lambda: not self.window.isVisible(), timeout=PATIENCE_MS)
        for thing in (self.window, self.model, self.studio.theme, self.studio):
            thing.deleteLater()
        self.app.sendPostedEvents(None, QEvent.Type.DeferredDelete)

    # Finding.

    def find(self, name: str, kind: type[W] = QWidget) -> W:  # type: ignore[assignment]
        found = self.window.findChild(kind, name)
        assert found is not None, f"nothing is called {name}"
        return found

    def action(self, key: str) -> QAction:
        found = self.window.findChild(QAction, f"action.{key}")
        assert found is not None, f"no action is called {key}"
        return found

    def said(self) -> str:
        return "\n".join(f"{m.text} {m.remedy}" for m in self.model.messages.all)

    # Doing.

    def click(self, name: str) -> None:
        widget = self.find(name)
        assert widget.isVisible(), f"{name} is not in sight"
        assert widget.isEnabled(), f"{name} cannot be used"
        QTest.mouseClick(widget, Qt.MouseButton.LeftButton, pos=widget.rect().center())

    def key(self, key: Any, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier, on: str = "") -> None:
        target = self.find(on) if on else self.app.focusWidget() or self.window
        QTest.keyClick(target, key, modifier)

    def control(self, key: Qt.Key, shift: bool = False) -> None:
        shifted = Qt.KeyboardModifier.ShiftModifier if shift else Qt.KeyboardModifier.NoModifier
        self.key(key, Qt.KeyboardModifier.ControlModifier | shifted)

    def enter(self, name: str, text: str) -> None:
        """Type into a field and press Return."""
        QTest.keyClick(self.type(name, text), Qt.Key.Key_Return)

    def type(self, name: str, text: str) -> QLineEdit:
        """Type into a field, and leave the caret there."""
        widget = self.find(name)
        line = widget if isinstance(widget, QLineEdit) else widget.findChild(QLineEdit)
        assert line is not None, f"{name} takes no text"
        line.setFocus()
        line.selectAll()
        QTest.keyClicks(line, text)
        return line

    def choose(self, name: str, text: str) -> None:
        """Choose an entry of a list by the keyboard, as `activated` follows a person only."""
        combo = self.find(name, QComboBox)
        place = combo.findText(text)
        assert place >= 0, f"{name} has no {text}: {[combo.itemText(i) for i in range(combo.count())]}"
        combo.setCurrentIndex(place)
        combo.activated.emit(place)

    def drag(self, widget: QWidget, start: QPoint, end: QPoint, steps: int = 6) -> None:
        QTest.mousePress(widget, Qt.MouseButton.LeftButton, pos=start)
        for i in range(1, steps + 1):
            QTest.mouseMove(widget, start + (end - start) * i / steps)
        QTest.mouseRelease(widget, Qt.MouseButton.LeftButton, pos=end)

    # Waiting.

    def until(self, condition: Callable[[], object]) -> None:
        self.qtbot.waitUntil(lambda: bool(condition()), timeout=PATIENCE_MS)

    def ready(self) -> None:
        """Wait until data and models can be used."""
        self.until(lambda: self.model.models is not None and self.model.data is not None and not self.model.loading)

    def loaded(self, before: object) -> None:
        """Wait until other data than `before` are there."""
        self.until(lambda: self.model.data is not before and not self.model.loading)

    def trained(self, runs: int = 1) -> Run:
        """Wait until there are so many runs, and the last has ended."""
        session = self.model.session
        self.until(lambda: len(session.runs) == runs and session.runs[-1].status.ended)
        return session.runs[-1]

    def train(self) -> Run:
        """Train and wait for the end."""
        runs = len(self.model.session.runs)
        self.click("training.start")
        run = self.trained(runs + 1)
        assert run.status is Status.DONE, run.message
        return run

    def train_slowly(self, seconds: float = SLOW_SECONDS) -> Run:
        """Train in slow motion for many steps, and wait for the first."""
        self.model.slow_down(seconds)
        self.model.edit_settings(n_components=30, max_iter=100_000, tol=1e-300)
        runs = len(self.model.session.runs)
        self.click("training.start")
        self.until(lambda: len(self.model.session.runs) > runs and self.run.history.step > 0)
        return self.run
