"""Panels on their own: a Data panel, and what it loads."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from genstudio.models.registry import models
from genstudio.ui.panels.data import DataPanel
from genstudio.ui.session_model import SessionModel
from genstudio.ui.theme import Theme
from tests.hidden import TwoLevels


@pytest.fixture
def panel(show_alone: Callable[..., DataPanel], theme: Theme, model: SessionModel) -> DataPanel:
    return show_alone(DataPanel(model, theme), 1000, 620)


@pytest.fixture(scope="session")
def large(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("large") / "large.csv"
    path.write_bytes(b"x,y\n" + b"0.5,12.25\n-3.75,8.5\n" * 2_000_000)
    return path


@pytest.fixture
def of_levels(monkeypatch: pytest.MonkeyPatch) -> Iterator[SessionModel]:
    """A session that knows a model of sequences whose answers are known beforehand."""
    monkeypatch.setitem(models(), TwoLevels.info.key, TwoLevels)
    found = SessionModel()
    found.set_models(models())
    yield found
    found.close()
    found.deleteLater()
