from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from genstudio.runs.workers import Workers
from genstudio.ui.theme import Theme
from tests.ui.desk import Desk


@pytest.fixture
def theme(qapp: QApplication) -> Iterator[Theme]:
    """The dark theme, put on; taken off again for the next test."""
    found = Theme(qapp, "dark")
    found.apply()
    yield found
    qapp.setStyleSheet("")
    found.deleteLater()


@pytest.fixture
def open_desk(qapp: QApplication, qtbot: QtBot) -> Iterator[Callable[..., Desk]]:
    """Opens windows; each is closed after the test."""
    desks: list[Desk] = []

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
