"""The bench of collapse, by clicks: a pair of runs that differ in the remedy alone, seen side by side."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from genstudio.models.registry import models
from genstudio.runs.recipe import DataRecipe
from genstudio.runs.status import Status
from genstudio.training.events import Note, Progress
from genstudio.ui.remedies_bench import INVITATION, STOP, TRAIN, RemedyBench
from genstudio.ui.remedies_pair import recipes
from genstudio.ui.remedies_words import MODEL, REMEDIES, WITHOUT, Outcome, verdict, verdict_of
from genstudio.ui.session_model import SessionModel
from genstudio.ui.theme import Theme

SMALL: dict[str, Any] = {"hidden_features": (8, 8), "max_epochs": 100_000}
POOR, GOOD = Outcome(0.1, 4.0, 0.125, 8), Outcome(0.97, 0.2, 1.0, 8)


@pytest.fixture
def ready(model: SessionModel, qtbot: QtBot) -> Iterator[SessionModel]:
    """A ring of few points, and a small game."""
    model.start_up()
    model.set_models(models())
    qtbot.waitUntil(lambda: model.data is not None and model.loading is None)
    model.edit_data(DataRecipe(source="ring", options={"samples": 300}), "Ring")
    qtbot.waitUntil(lambda: model.loading is None and model.recipe.data.source == "ring")
    model.choose_model(MODEL)
    model.edit_settings(**SMALL)
    yield model
    for run in model.session.runs:
        run.job.stop()


@pytest.fixture
def bench(ready: SessionModel, theme: Theme, show_alone: Callable[..., Any]) -> RemedyBench:
    found: RemedyBench = show_alone(RemedyBench(ready, theme), 1000, 640)
    return found


def press(bench: RemedyBench) -> None:
    assert bench.both.isEnabled()
    QTest.mouseClick(bench.both, Qt.MouseButton.LeftButton)


def limited(model: SessionModel, steps: int) -> None:
    model.edit_training(model.recipe.training.model_copy(update={"steps": steps}))


@pytest.mark.parametrize("remedy", REMEDIES, ids=lambda remedy: remedy.title)
def test_remedies_are_settings_of_the_model(remedy: Any) -> None:
    known = models()[MODEL].Settings
    assert set(WITHOUT) | set(remedy.settings) <= set(known.model_fields)
    known(**{**WITHOUT, **remedy.settings})


@pytest.mark.parametrize("place", [place for place, remedy in enumerate(REMEDIES) if not remedy.recommended])
def test_one_click_trains_two_runs_that_differ_in_the_remedy_alone(
    bench: RemedyBench, ready: SessionModel, qtbot: QtBot, place: int
) -> None:
    limited(ready, 3)
    bench.rules.setCurrentIndex(1)
    bench.remedies.setCurrentIndex(place)
    assert bench.sentence.text() == REMEDIES[place].sentence
    press(bench)
    plain, cured = bench.pair.runs
    assert (plain.recipe.seed, plain.recipe.data, plain.data) == (cured.recipe.seed, cured.recipe.data, cured.data)
    changed = {
        name: value for name, value in cured.recipe.model.settings.items()
        if value != plain.recipe.model.settings.get(name)
    }
    known = ready.recipe.model.settings
    assert changed == {name: value for name, value in REMEDIES[place].settings.items() if value != known.get(name)}
    qtbot.waitUntil(lambda: not bench.pair.learning)
    assert [run.status for run in bench.pair.runs] == [Status.DONE, Status.DONE]


def test_both_are_seen_as_they_learn_and_can_be_stopped(
    bench: RemedyBench, ready: SessionModel, qtbot: QtBot
) -> None:
    press(bench)
    qtbot.waitUntil(lambda: all(view.stage.samples.extent() is not None for view in bench.views))
    qtbot.waitUntil(lambda: all(run.history.last("recall") is not None for run in bench.pair.runs))
    qtbot.waitUntil(lambda: all(view.covered.value is not None for view in bench.views))
    assert bench.both.text() == bench.both.accessibleName() == STOP
    assert [view.title.text() for view in bench.views] == ["Plain", "With minibatch discrimination"]
    press(bench)
    qtbot.waitUntil(lambda: not bench.pair.learning)
    qtbot.waitUntil(lambda: "held-out items" in bench.verdict.text())
    assert bench.both.text() == TRAIN


def test_what_learned_before_is_held_meanwhile(bench: RemedyBench, ready: SessionModel, qtbot: QtBot) -> None:
    ready.train()
    other = ready.current
    assert other is not None
    qtbot.waitUntil(lambda: other.history.step > 0)
    press(bench)
    qtbot.waitUntil(lambda: other.status is Status.PAUSED)


def test_nothing_is_asked_while_nobody_looks(bench: RemedyBench, ready: SessionModel, qtbot: QtBot) -> None:
    bench.hide()
    bench.pair.train(REMEDIES[0], collapsing=False)
    seen: list[int] = []
    bench.pair.sampled.connect(lambda place, x: seen.append(place))
    qtbot.waitUntil(lambda: all(run.history.step > 20 for run in bench.pair.runs))
    assert seen == []
    bench.show()
    qtbot.waitUntil(lambda: set(seen) == {0, 1})


def test_other_models_have_no_bench(bench: RemedyBench, ready: SessionModel, qtbot: QtBot) -> None:
    assert bench.verdict.text() == INVITATION
    ready.choose_model("gmm")
    qtbot.waitUntil(lambda: not bench.both.isEnabled())
    assert "adversarial" in bench.verdict.text()
    assert bench.both.toolTip() == bench.verdict.text()
    ready.choose_model(MODEL)
    qtbot.waitUntil(bench.both.isEnabled)


def test_the_pair_has_no_other_remedy(ready: SessionModel) -> None:
    ready.edit_settings(pack=4, mode_seeking=1.0)
    plain, cured = (dict(found.model.settings) for found in recipes(ready.recipe, REMEDIES[0], {}, {}))
    assert {name: plain[name] for name in WITHOUT} == WITHOUT
    assert {name: cured[name] for name in WITHOUT} == {**WITHOUT, **REMEDIES[0].settings}


def test_the_recommended_rules_stand_beside_the_game_that_collapses(ready: SessionModel) -> None:
    recommended = next(remedy for remedy in REMEDIES if remedy.recommended)
    rules, advice = {"r1": 0.0, "learning_rate": 0.5}, {"learning_rate": 0.01}
    plain, cured = (dict(found.model.settings) for found in recipes(ready.recipe, recommended, rules, advice))
    assert (plain["r1"], plain["learning_rate"]) == (0.0, 0.5)
    assert cured["learning_rate"] == 0.01
    assert "r1" not in cured, "the model's own"
    assert cured["max_epochs"] == plain["max_epochs"] == SMALL["max_epochs"]


@pytest.mark.parametrize(
    ("cured", "plain", "words"),
    [
        (GOOD, POOR, "Packing helped."), (POOR, GOOD, "Packing did harm here."), (POOR, POOR, "Both games collapsed"),
        (GOOD, GOOD, "Neither game collapsed"), (Outcome(0.4, 2.0), POOR, "helped, but not enough"),
        (Outcome(0.6, 2.0), Outcome(0.55, 2.0), "made little difference"), (GOOD, Outcome(), "Too few items"),
    ],
)
def test_the_verdict_is_said_with_figures(cured: Outcome, plain: Outcome, words: str) -> None:
    said = verdict(next(remedy for remedy in REMEDIES if remedy.title == "packing"), cured, plain)
    assert words in said
    if plain.recall is not None:
        assert f"{100 * plain.recall:.0f} %" in said
        assert ("of 8 modes" in said) == (cured.modes is not None and plain.modes is not None)


def test_both_are_judged_at_the_step_that_both_have_reached(make_run: Callable[..., Any]) -> None:
    plain, cured = make_run(MODEL, {}), make_run(MODEL, {})
    for step in range(50, 1001, 50):
        plain.take(Progress(step, None, {"recall": 0.1 if step <= 300 else 1.0, "distance": 2.0}))
    cured.take(Progress(300, None, {"recall": 0.9, "distance": 0.5}))
    said = verdict_of(REMEDIES[0], cured, plain)
    assert "At step 300: Minibatch discrimination helped." in said
    assert "plain 10 %" in said


def test_the_gauge_shows_what_a_run_told(bench: RemedyBench, make_run: Callable[..., Any]) -> None:
    run = make_run(MODEL, {})
    run.take(Progress(50, None, {"recall": 0.25, "precision": 0.5, "distance": 2.0}))
    run.take(Note("info", "Hello."))
    view = bench.views[0]
    view.take_run(run)
    assert (view.covered.value, view.covered.text) == (0.25, "25 %")
    assert not view.modes.isVisible()
    assert "50" in view.state.text()
    assert "2" in view.distance.text()
