"""What every panel says in its place when it cannot serve the shown run."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtWidgets import QLabel

from genstudio.data.dataset import Kind
from genstudio.models.registry import models
from genstudio.runs.run import Run
from genstudio.runs.status import Status, Turned
from genstudio.training.events import Progress
from genstudio.ui.panel import Panel, panels
from genstudio.ui.session_model import SessionModel
from genstudio.ui.theme import Theme

OF_RUNS = sorted(key for key, panel in panels().items() if panel.info.needs_run)


def reason(panel: Panel) -> str:
    return panel.findChild(QLabel, f"{panel.info.key}.reason").text()


def served(key: str) -> str:
    """A model of tables that has what a panel needs."""
    needs = panels()[key].info.needs
    return next(name for name, family in models().items() if needs is None or family.offers(needs, Kind.TABLE))


@pytest.mark.parametrize("key", OF_RUNS)
def test_a_run_that_learned_nothing_gets_a_sentence(
    key: str, model: SessionModel, theme: Theme, show_alone: Callable[..., Panel], make_run: Callable[..., Run]
) -> None:
    panel = show_alone(panels()[key](model, theme))
    assert "Train a model first" in reason(panel)
    failed, later = make_run(served(key), {}), make_run(served(key), {})
    later.take(Progress(3, None, {"train": -1.0}))
    for run in (failed, later):
        run.take(Turned(Status.FAILED))
        model.add_run(run)
        assert ("failed before it had learned anything" in reason(panel)) == (run is failed)
