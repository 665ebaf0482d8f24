"""What every panel says in its place when it cannot serve the shown run."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from PySide6.QtWidgets import QLabel

from genstudio.data.dataset import Dataset, Kind
from genstudio.data.preparation import PreparationSettings, prepare
from genstudio.data.sequences import sequences
from genstudio.data.table import points_table
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


def served(key: str) -> tuple[str, Dataset | None]:
    """A model that has what a panel needs, of tables if any is, and data that it can learn from."""
    needs = panels()[key].info.needs
    return next(
        (name, data) for kind, data in ((Kind.TABLE, None), (Kind.SEQUENCES, labelled_sequences()))
        for name, family in models().items()
        if kind in family.info.kinds and (needs is None or family.offers(needs, kind))
    )


def labelled_sequences() -> Dataset:
    """Ten sequences of two classes."""
    codes = np.repeat(np.arange(10) % 2, 5)
    table = points_table("walks", np.random.default_rng(0).normal(size=(50, 2)), codes, levels=("a", "b"))
    return prepare(sequences(table, np.full(10, 5)), PreparationSettings(), seed=0)


@pytest.mark.parametrize("key", OF_RUNS)
def test_a_run_that_learned_nothing_gets_a_sentence(
    key: str, model: SessionModel, theme: Theme, show_alone: Callable[..., Panel], make_run: Callable[..., Run]
) -> None:
    panel = show_alone(panels()[key](model, theme))
    assert "Train a model first" in reason(panel)
    name, data = served(key)
    failed, later = make_run(name, {}, data), make_run(name, {}, data)
    later.take(Progress(3, None, {"train": -1.0}))
    for run in (failed, later):
        run.take(Turned(Status.FAILED))
        model.add_run(run)
        assert ("failed before it had learned anything" in reason(panel)) == (run is failed)
