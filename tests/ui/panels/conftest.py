"""Panels on their own: a Data panel, and what it loads."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from genstudio.ui.panels.data import DataPanel
from genstudio.ui.session_model import SessionModel
from genstudio.ui.theme import Theme


@pytest.fixture
def panel(show_alone: Callable[..., DataPanel], theme: Theme, model: SessionModel) -> DataPanel:
    return show_alone(DataPanel(model, theme), 1000, 620)


@pytest.fixture(scope="session")
def large(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("large") / "large.csv"
    path.write_bytes(b"x,y\n" + b"0.5,12.25\n-3.75,8.5\n" * 2_000_000)
    return path
