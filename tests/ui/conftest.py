from __future__ import annotations

import gc
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QEvent
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from genstudio.data.dataset import Dataset
from genstudio.models.registry import models
from genstudio.runs.job import Status, Turned
from genstudio.runs.recipe import recipe_from_values
from genstudio.runs.run import Run, new_run
from genstudio.runs.workers import Workers
from genstudio.ui import panel_tabs
from genstudio.ui.panel import panels
from genstudio.ui.session_model import SessionModel
from genstudio.ui.theme import Theme
from tests.patience import PATIENCE_MS
from tests.runs.learners import small_data
from tests.ui.desk import Desk

NEVER_MS = 10**8


@pytest.fixture(autouse=True, scope="module")
def _collected_between_modules() -> Iterator[None]:
    """Garbage is collected where nothing is at work, as in the window, never in the midst of anything.

    While Qt takes a widget apart it holds a lock and tells our objects of broken connections. A collection that begins
    there and frees another object waits for that lock, and so for itself.
    """
    gc.disable()
    yield
    gc.collect()
    gc.enable()


class PatientBot(QtBot):
    """Waits as long as other tests do, where a test says nothing else."""

    def waitUntil(self, callback: Callable[[], bool | None], *, timeout: int = PATIENCE_MS) -> None:  # noqa: N802
        super().waitUntil(callback, timeout=timeout)

    def waitExposed(self, widget: QWidget, *, timeout: int = PATIENCE_MS) -> Any:  # noqa: N802
        return super().waitExposed(widget, timeout=timeout)


@pytest.fixture
def qtbot(qapp: QApplication, request: pytest.FixtureRequest) -> QtBot:
    return PatientBot(request)


@pytest.fixture(scope="session")
def _imported() -> None:
    """All that windows load after their first paint, so that no test has to wait for it."""
    models()
    panels()


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
def model() -> Iterator[SessionModel]:
    """State without a window; its threads end with the test."""
    found = SessionModel()
    yield found
    found.close()
    found.deleteLater()


@pytest.fixture
def show_alone(qtbot: QtBot) -> Callable[..., Any]:
    """Shows a widget without a window round it, and waits until it is seen."""

    def shown(widget: QWidget, width: int = 900, height: int = 560) -> QWidget:
        qtbot.addWidget(widget)
        widget.resize(width, height)
        with qtbot.waitExposed(widget):
            widget.show()
        return widget

    return shown


@pytest.fixture
def open_desk(
    qapp: QApplication, qtbot: QtBot, undressed: None, _imported: None, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Callable[..., Desk]]:
    """Opens windows; each is closed after the test."""
    desks: list[Desk] = []
    # Panels are made when a test wants them: six for each window would take most of the time.
    monkeypatch.setattr(panel_tabs, "PANEL_INTERVAL_MS", NEVER_MS)

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


@pytest.fixture
def make_run() -> Iterator[Callable[..., Run]]:
    """Makes runs that are said to learn, and do nothing."""
    runs: list[Run] = []

    def made(model: str, training: dict[str, Any], data: Dataset | None = None, **settings: Any) -> Run:
        recipe = recipe_from_values(
            {"data": {"source": "two_moons"}, "model": {"name": model, **settings}, "training": training}
        )
        runs.append(new_run(recipe, data or small_data()))
        runs[-1].take(Turned(Status.TRAINING))
        return runs[-1]

    yield made
    for run in runs:
        run.job.close()
