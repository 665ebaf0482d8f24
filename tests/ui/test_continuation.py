"""Going on with a training that was stopped, by menu, key and play."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QToolButton

from genstudio.runs.job import Status
from genstudio.runs.run import Run
from genstudio.runs.workers import Workers
from genstudio.ui.continuation import changed_live, later_recipe
from tests.ui.desk import Desk


@pytest.fixture
def desk(open_desk: Callable[..., Desk]) -> Desk:
    return small(open_desk())


def small(desk: Desk) -> Desk:
    """Few rows and a small model."""
    before = desk.model.data
    desk.model.edit_option("samples", 200)
    desk.loaded(before)
    desk.model.choose_model("vae")
    desk.model.edit_settings(hidden_features=[8], max_epochs=100_000, schedule="constant")
    return desk


def stopped(desk: Desk) -> Run:
    """A run that was stopped after some steps."""
    desk.model.slow_down(0.01)
    desk.model.train()
    desk.until(lambda: desk.model.current is not None and desk.run.history.step > 3)
    desk.model.stop()
    desk.until(lambda: desk.run.status is Status.STOPPED)
    return desk.run


def goes_on(desk: Desk, run: Run, after: int) -> None:
    desk.until(lambda: run.history.step > after and run.status is Status.TRAINING)
    assert desk.model.session.runs == [run], "no other run was made"
    desk.model.stop()
    desk.until(lambda: run.status is Status.STOPPED)


def test_a_stopped_run_goes_on_by_key_and_its_curves_with_it(desk: Desk) -> None:
    run = stopped(desk)
    step = run.history.step
    desk.until(desk.action("go_on").isEnabled)
    shift = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier
    desk.key(Qt.Key.Key_Return, shift)
    goes_on(desk, run, step)
    steps, _ = run.history.series("train")
    assert sorted(set(steps)) == list(steps)
    drawn = desk.window.curves.curves.arrays()[f"{run.key}.train"]
    assert len(drawn) == len(steps)


def test_it_goes_on_in_a_process_and_its_views_with_it(open_desk: Callable[..., Desk]) -> None:
    desk = small(open_desk(workers=Workers()))
    seen: list[int] = []
    desk.model.previewed.connect(lambda name, preview: seen.append(preview.step) if name == "witness" else None)
    desk.model.watch("witness", "sample", n=3, seed=0)
    run = stopped(desk)
    step = run.history.step
    moments = len(desk.model.watching.moments)
    desk.action("go_on").trigger()
    desk.until(lambda: seen and seen[-1] > step)
    goes_on(desk, run, step)
    assert len(desk.model.watching.moments) > moments, "the film goes on, too"


def test_play_goes_on_where_nothing_else_is_asked_for(desk: Desk) -> None:
    run = stopped(desk)
    pause = desk.find("toolbar.pause", QToolButton)
    desk.until(lambda: pause.text() == "Continue")
    step = run.history.step
    desk.window.setFocus()
    desk.key(Qt.Key.Key_Space)
    goes_on(desk, run, step)
    desk.model.edit_settings(hidden_features=[9])
    assert pause.text() == "Pause", "another model is asked for, which play trains afresh"
    desk.key(Qt.Key.Key_Space)
    desk.until(lambda: len(desk.model.session.runs) == 2)


def test_live_settings_and_limits_that_were_changed_meanwhile_hold(desk: Desk) -> None:
    run = stopped(desk)
    step = run.history.step
    desk.model.edit_settings(beta=4.0)
    desk.enter("training.steps", str(step + 20))
    desk.action("go_on").trigger()
    desk.until(lambda: run.status is Status.DONE)
    assert run.history.step == step + 20
    assert [(c.name, c.value) for c in run.history.changes if c.name == "beta"] == [("beta", 4.0)]
    assert run.repeatable().changes
    assert "reached its end" in desk.action("go_on").toolTip()
    assert not desk.action("go_on").isEnabled()
    desk.enter("training.steps", str(step + 30))
    assert desk.action("go_on").isEnabled(), "a limit was raised"
    desk.action("go_on").trigger()
    desk.until(lambda: run.history.step == step + 30 and run.status is Status.DONE)


def test_what_cannot_go_on_says_why(desk: Desk) -> None:
    action = desk.action("go_on")
    assert not action.isEnabled()
    assert "no run" in action.toolTip()
    desk.model.choose_model("gmm")
    desk.train()
    assert not action.isEnabled()
    assert "begins anew" in action.toolTip()
    desk.model.continuation.go_on()
    assert "begins anew" in desk.said()


def test_a_run_that_was_saved_and_opened_goes_on(desk: Desk, tmp_path: Path) -> None:
    run = stopped(desk)
    step = run.history.step
    desk.window.documents.save_to(tmp_path / "halfway.genstudio")
    desk.until(lambda: "Saved" in desk.said())
    desk.model.take_out_run(run)
    desk.window.documents.open(tmp_path / "halfway.genstudio")
    desk.until(lambda: desk.model.current is not None and not desk.model.loading)
    opened = desk.run
    assert opened is not run
    desk.until(desk.action("go_on").isEnabled)
    desk.action("go_on").trigger()
    goes_on(desk, opened, step)


def test_what_holds_when_it_goes_on(make_run: Callable[..., Run]) -> None:
    run = make_run("vae", {"steps": 10, "batch_size": 32}, beta=1.0, max_epochs=5)
    other = make_run("vae", {"steps": 20, "batch_size": 64}, beta=2.0, max_epochs=9, latent_dim=7).recipe
    later = later_recipe(run, other)
    assert (later.training.steps, later.training.batch_size) == (20, 32)
    assert (later.model.settings["max_epochs"], later.model.settings["latent_dim"]) == (9, 2)
    assert changed_live(run, other) == {"beta": 2.0}
    mixture = make_run("gmm", {"steps": 20}).recipe
    assert later_recipe(run, mixture) == run.recipe
    assert changed_live(run, mixture) == {}
