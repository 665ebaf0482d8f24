from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from PySide6.QtWidgets import QComboBox, QLabel, QWidget
from pytestqt.qtbot import QtBot

from genstudio.runs.job import Status, Turned
from genstudio.runs.run import Run
from genstudio.training.events import Changed, Progress
from genstudio.ui.learning_curves import LearningCurves
from genstudio.ui.session_model import SessionModel
from genstudio.ui.theme import Theme


@pytest.fixture
def curves(model: SessionModel, theme: Theme, show_alone: Callable[..., LearningCurves]) -> LearningCurves:
    return show_alone(LearningCurves(model, theme), 700, 220)


def learned(run: Run, steps: int = 600) -> Run:
    noise = np.random.default_rng(0).normal(size=steps)
    for step in range(1, steps + 1):
        figures = {"train": -150 + noise[step - 1], "reconstruction": -140.0, "kl": 10.0, "rate": 1e-3 * step}
        if step % 100 == 0:
            figures |= {"valid": -152.0, "valid_kl": 9.0, "active_units": 2.0}
        run.take(Progress(step, 1000, figures))
    run.take(Turned(Status.STOPPED))
    return run


def drawn(curves: LearningCurves, run: Run) -> set[str]:
    return {key.removeprefix(f"{run.key}.") for key in curves.curves.series_keys()}


def test_losses_first_and_other_figures_by_choice(
    model: SessionModel, curves: LearningCurves, make_run: Callable[..., Run]
) -> None:
    run = learned(make_run("vae", {}))
    model.add_run(run)
    assert drawn(curves, run) == {"train", "valid"}
    arrays = curves.curves.arrays()
    assert arrays[f"{run.key}.valid"][:, 1].tolist() == [152.0] * 6, "what climbs is drawn as a loss"
    assert curves.findChild(QLabel, "curves.title").text() == "negative bound (ELBO)"
    choice = curves.findChild(QComboBox, "curves.group")
    assert choice.isVisible()
    words = [choice.itemText(i) for i in range(choice.count())]
    assert words == ["Loss", "Reconstruction and KL", "Learning rate", "Active units"]
    choose(choice, "Reconstruction and KL")
    assert drawn(curves, run) == {"reconstruction", "kl", "valid_kl"}
    assert curves.curves.arrays()[f"{run.key}.kl"][0, 1] == 10.0
    assert curves.curves.arrays()[f"{run.key}.reconstruction"][0, 1] == 140.0
    assert curves.findChild(QLabel, "curves.title").text() == ""
    assert curves.curves.item.getAxis("left").labelText == "nats per row"
    choose(choice, "Active units")
    assert drawn(curves, run) == {"active_units"}
    assert curves.curves.item.getAxis("left").labelText == "coordinates"


def choose(combo: QComboBox, text: str) -> None:
    combo.setCurrentText(text)
    combo.activated.emit(combo.currentIndex())


def test_a_model_of_one_group_has_no_choice_and_the_group_comes_back(
    model: SessionModel, curves: LearningCurves, make_run: Callable[..., Run]
) -> None:
    deep, mixture = learned(make_run("vae", {})), make_run("gmm", {})
    mixture.take(Progress(1, None, {"train": -2.0}))
    model.add_run(deep)
    choose(curves.findChild(QComboBox, "curves.group"), "Learning rate")
    model.add_run(mixture)
    assert not curves.findChild(QWidget, "curves.group").isVisible()
    assert drawn(curves, mixture) == {"train"}
    model.show_run(deep)
    assert drawn(curves, deep) == {"train", "valid"}


def test_figures_grow_in_place_while_a_run_learns(
    model: SessionModel, curves: LearningCurves, make_run: Callable[..., Run], qtbot: QtBot
) -> None:
    run = make_run("vae", {})
    model.add_run(run)
    run.take(Progress(1, None, {"train": -500.0}))
    model.advanced.emit(run, [])
    before = curves.curves.item.listDataItems()
    run.take(Progress(2, None, {"train": -400.0, "gradient": 3.0}))
    qtbot.waitUntil(lambda: [model.advanced.emit(run, []), len(curves.curves.arrays()[f"{run.key}.train"]) == 2][1])
    assert curves.curves.item.listDataItems() == before, "the same curve, longer"
    assert curves.findChild(QComboBox, "curves.group").count() == 2


def test_changes_of_live_settings_are_marked(
    model: SessionModel, curves: LearningCurves, make_run: Callable[..., Run]
) -> None:
    run = learned(make_run("vae", {}))
    run.take(Changed(400, "beta", 4.0))
    model.add_run(run)
    assert curves.curves._marks.marks == ((400, "step 400: β (KL weight) 1 → 4"),)
    model.show_run(None)
    assert curves.curves._marks.marks == ()


def test_only_what_is_measured_batch_by_batch_is_smoothed(
    model: SessionModel, curves: LearningCurves, make_run: Callable[..., Run]
) -> None:
    deep, mixture = learned(make_run("vae", {})), learned(make_run("gmm", {}))
    model.add_run(deep)
    assert {key.split(".")[1] for key, series in curves.curves._series.items() if series.smoothed} == {"train"}
    model.add_run(mixture)
    assert not any(series.smoothed for series in curves.curves._series.values())


def test_both_players_of_a_game_stand_on_one_plot_and_shares_in_percent(
    model: SessionModel, curves: LearningCurves, make_run: Callable[..., Run]
) -> None:
    run = make_run("gan", {})
    for step in range(1, 9):
        run.take(Progress(step, 8, {"loss": 0.7, "discriminator_loss": 1.3, "real_recognised": 0.75}))
    model.add_run(run)
    assert drawn(curves, run) == {"loss", "discriminator_loss"}
    assert [series.title for series in curves.curves._series.values()] == ["generator", "discriminator"]
    choose(curves.findChild(QComboBox, "curves.group"), "Told by the discriminator")
    assert set(curves.curves.arrays()[f"{run.key}.real_recognised"][:, 1]) == {75.0}
    assert curves.curves.item.getAxis("left").labelText == "%"


def test_players_of_compared_games_are_told_apart_by_their_strokes(
    model: SessionModel, curves: LearningCurves, make_run: Callable[..., Run]
) -> None:
    runs = [make_run("gan", {}) for _ in range(2)]
    for run in runs:
        for step in range(1, 9):
            run.take(Progress(step, 8, {"loss": 0.7, "discriminator_loss": 1.3, "recall": 0.5, "precision": 0.5}))
        model.add_run(run)
        model.compare_run(run, True)
    looks = [(series.colour, tuple(series._curve.opts["pen"].dashPattern()))
             for series in curves.curves._series.values()]
    assert len(looks) == len(set(looks)) == 4
    choose(curves.findChild(QComboBox, "curves.group"), "Covered by samples")
    strokes = {tuple(series._curve.opts["pen"].dashPattern()) for series in curves.curves._series.values()}
    assert len(strokes) == 2
