from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from genstudio.runs.workers import Workers
from genstudio.ui import main_window
from genstudio.ui.theme import Theme
from tests.ui.desk import Desk

NEVER_MS = 10**8


@pytest.fixture
def undressed(qapp: QApplication) -> Iterator[None]:
    """The application without a style sheet again, for the next test."""
    yield
    # Taking the style off widgets that nobody sees any more takes longer than making them.
    qapp.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    qapp.setStyleSheet("")


@pytest.fixture
def theme(qapp: QApplication, undressed: None) -> Iterator[Theme]:
    """The dark theme, put on; taken off again for the next test."""
    found = Theme(qapp, "dark")
    found.apply()
    yield found
    found.deleteLater()


@pytest.fixture
def open_desk(
    qapp: QApplication, qtbot: QtBot, undressed: None, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Callable[..., Desk]]:
    """Opens windows; each is closed after the test."""
    desks: list[Desk] = []
    # Panels are made when a test wants them: six for each window would take most of the time.
    monkeypatch.setattr(main_window, "PANEL_INTERVAL_MS", NEVER_MS)

    def opened(*paths: Path, workers: Workers | None = None) -> Desk:
        desks.append(Desk(qapp, qtbot, *paths, workers=workers))
        desks[-1].ready()
        return desks[-1]

    yield opened
    for desk in desks:
        desk.close()


@pytest.fixture
def desk(open_desk: Callable[..., Desk]) -> Desk:
    """The window, with data and models ready."""
    return open_desk()
