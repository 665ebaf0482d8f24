"""Panels on their own: the state behind them, a Data panel, and what it loads."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from genstudio.ui.panels.data import DataPanel
from genstudio.ui.session_model import SessionModel
from genstudio.ui.theme import Theme


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


@pytest.fixture(scope="session")
def large(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("large") / "large.csv"
    path.write_bytes(b"x,y\n" + b"0.5,12.25\n-3.75,8.5\n" * 2_000_000)
    return path
