"""The list of runs with runs that are put there, without a window round it."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QTreeWidget

from genstudio.runs.run import Run
from genstudio.training.events import Note, Progress
from genstudio.ui.run_delegate import BADGE_ROLE
from genstudio.ui.runs_list import RunsList
from genstudio.ui.session_model import SessionModel
from genstudio.ui.theme import Theme


@pytest.fixture
def runs(model: SessionModel, theme: Theme, show_alone: Callable[..., RunsList]) -> RunsList:
    return show_alone(RunsList(model, theme), 280, 400)


def put(model: SessionModel, run: Run, name: str, valid: float | None) -> Run:
    run.name = name
    if valid is not None:
        run.take(Progress(1, None, {"train": valid - 1, "valid": valid}))
    model.add_run(run)
    return run


def names(runs: RunsList) -> list[str]:
    tree = runs.findChild(QTreeWidget, "runs.list")
    return [tree.topLevelItem(i).text(0) for i in range(tree.topLevelItemCount())]


def click_header(runs: RunsList, column: int) -> None:
    header = runs.tree.header()
    place = QPoint(header.sectionViewportPosition(column) + 20, header.height() // 2)
    QTest.mouseClick(header.viewport(), Qt.MouseButton.LeftButton, pos=place)


def test_runs_are_sorted_by_what_they_reached(
    model: SessionModel, runs: RunsList, make_run: Callable[..., Run]
) -> None:
    for name, family, valid in (("a", "gmm", -2.0), ("b", "vae", -1.0), ("c", "vae", None), ("d", "gmm", -1.5)):
        put(model, make_run(family, {}), name, valid)
    assert names(runs) == ["a", "b", "c", "d"]
    click_header(runs, 1)
    assert names(runs) == ["b", "d", "a", "c"]
    assert runs.tree.currentItem().text(0) == "d", "the shown run stays chosen"
    assert runs.tree.topLevelItem(0).text(1) == "≥ -1.000"
    put(model, make_run("gmm", {}), "e", -1.2)
    assert names(runs) == ["b", "e", "d", "a", "c"]
    click_header(runs, 1)
    assert names(runs) == ["a", "b", "c", "d", "e"]


def test_an_alarm_stands_in_the_list_and_in_the_tooltip(
    model: SessionModel, runs: RunsList, make_run: Callable[..., Run]
) -> None:
    run = put(model, make_run("vae", {}), "a", -1.0)
    run.take(Note("alarm", "The latent space carries nothing.", "Lower β.", "collapsed"))
    model.turned.emit(run)
    item = runs.tree.topLevelItem(0)
    assert item.data(0, BADGE_ROLE) == "collapsed"
    assert item.foreground(0).color().name() == runs._theme.tokens.danger
    assert "Lower β." in item.toolTip(0)


def test_going_on_is_offered_where_it_can_be_done(
    model: SessionModel, runs: RunsList, make_run: Callable[..., Run]
) -> None:
    put(model, make_run("gmm", {}), "a", -1.0)
    action = next(action for action in runs.context_menu().actions() if action.text() == "Continue training")
    assert not action.isEnabled()
    assert action.toolTip()
