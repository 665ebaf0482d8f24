from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from genstudio.runs.job import Status
from genstudio.runs.recipe import Recipe, parse_recipe
from genstudio.ui.session_model import SessionModel
from tests.ui.desk import Desk


@pytest.fixture
def model(desk: Desk) -> SessionModel:
    return desk.model


def settings(model: SessionModel) -> dict[str, object]:
    return dict(model.recipe.model.settings)


def test_recommended_settings_come_with_data_and_go_with_undo(desk: Desk, model: SessionModel) -> None:
    model.edit_settings(n_components=7)
    mine, before = settings(model), model.data
    model.choose_source("blobs")
    desk.loaded(before)
    recommended = settings(model)
    assert recommended["n_components"] != 7
    model.undo.undo()
    desk.until(lambda: model.recipe.data.source == "two_moons" and not model.loading)
    assert settings(model) == mine, "undo gives back what a person had set"
    model.undo.redo()
    desk.until(lambda: model.recipe.data.source == "blobs" and not model.loading)
    assert settings(model) == recommended


def test_settings_of_a_person_survive_options_and_presets_of_the_same_source(desk: Desk, model: SessionModel) -> None:
    model.edit_settings(n_components=7)
    for change in (lambda: model.edit_option("samples", 300), lambda: model.choose_source("two_moons", noise=0.3),
                   lambda: model.edit_seed(5), lambda: model.edit_preparation(scaling="standard")):
        before = model.data
        change()
        desk.loaded(before)
        assert settings(model)["n_components"] == 7


def test_settings_changed_while_data_load_win(desk: Desk, model: SessionModel) -> None:
    before = model.data
    model.choose_source("blobs")
    model.edit_settings(n_components=11)
    desk.loaded(before)
    assert settings(model)["n_components"] == 11


def test_a_recipe_keeps_its_settings(desk: Desk, model: SessionModel) -> None:
    before = model.data
    recipe = parse_recipe('seed = 3\n[data]\nsource = "ring"\n[model]\nname = "gmm"\nn_components = 13\n')
    model.take_recipe(recipe)
    desk.loaded(before)
    assert model.recipe == recipe
    model.undo.undo()
    desk.until(lambda: model.recipe.data.source == "two_moons" and not model.loading)
    assert model.recipe.seed == Recipe().seed


def test_each_edit_can_be_taken_back(desk: Desk, model: SessionModel) -> None:
    first = model.recipe
    model.choose_model("kde")
    model.edit_settings(kernel="tophat")
    model.edit_seed(9)
    model.edit_preparation(valid=0.3)
    model.edit_option("noise", 0.3)
    last, edits = model.recipe, model.undo.count()
    assert edits == 5
    for _ in range(edits):
        model.undo.undo()
    desk.until(lambda: not model.loading)
    assert model.recipe == first
    for _ in range(edits):
        model.undo.redo()
    desk.until(lambda: not model.loading)
    assert model.recipe == last
    assert model.data is not None
    assert len(model.data.valid) == round(0.3 * 2000)


def test_what_cannot_be_opened_changes_nothing(desk: Desk, model: SessionModel, tmp_path: Path) -> None:
    recipe, data = model.recipe, model.data
    (tmp_path / "empty.csv").write_text("", encoding="utf-8")
    for name in ("empty.csv", "missing.csv"):
        model.open_data(tmp_path / name)
        desk.until(lambda name=name: name in desk.said() and not model.loading)
        assert model.recipe == recipe
        assert model.data is data
    desk.train()


def test_impossible_values_are_refused_in_words(desk: Desk, model: SessionModel) -> None:
    recipe = model.recipe
    model.edit_settings(n_components=-1)
    model.edit_preparation(valid=2.0)
    assert model.recipe == recipe
    assert len(model.messages.all) == 2


def test_loading_can_be_cancelled(desk: Desk, model: SessionModel) -> None:
    recipe, data = model.recipe, model.data
    model.edit_option("samples", 1_000_000)
    assert model.loading is not None
    model.train()
    assert "as soon as the data" in desk.said()
    model.cancel_loading()
    assert model.loading is None
    assert model.recipe == recipe
    assert model.data is data
    desk.qtbot.waitSignal(model.pump.ticked).wait()
    assert model.current is None, "what waited for the data that were given up is not begun"


def test_training_waits_for_data_that_are_being_loaded(desk: Desk, model: SessionModel) -> None:
    model.edit_option("samples", 300)
    assert model.loading is not None
    model.train()
    assert model.current is None
    desk.until(lambda: model.current is not None and model.current.status.ended)
    assert model.current is not None
    assert model.current.recipe.data.options["samples"] == 300


def test_live_changes_reach_the_run_that_learns(desk: Desk, model: SessionModel) -> None:
    run = desk.train_slowly()
    live = run.model(run.model.Settings()).live_settings().values
    for name in live:
        changed = {"tol": 1e-200, "max_iter": 90_000}.get(name)
        if changed is not None:
            model.edit_settings(**{name: changed})
            desk.until(lambda name=name: any(c.name == name for c in run.history.changes))


def test_by_hand_runs_begin_with_what_was_learned(desk: Desk, model: SessionModel) -> None:
    run = desk.train()
    answers: list[dict[str, np.ndarray]] = []
    model.ask("parameters", answers.append)
    desk.until(lambda: answers)
    former = (answers[0]["weights"], answers[0]["means"], answers[0]["covariances"])
    moved = (former[0], former[1] + 1.0, former[2])
    model.edit_components(moved, finished=True, former=former)
    made = desk.run
    assert made is not run
    assert made.by_hand
    assert made.status is Status.DONE
    desk.until(lambda: made.history.last("train") is not None)
    worse = made.history.last("train")
    assert worse is not None
    assert worse < (run.history.last("train") or 0.0)
    model.undo.undo()
    desk.until(lambda: made.history.step == 2)
    assert made.history.last("train") == pytest.approx(run.history.last("train"), abs=2e-3)
    assert np.array(made.recipe.model.settings["means_init"]) == pytest.approx(former[1])


def test_renaming_and_comparing(desk: Desk, model: SessionModel) -> None:
    first, second = desk.train(), desk.train()
    model.rename_run(second, first.name)
    assert second.name != first.name
    model.rename_run(second, "  ")
    assert second.name.strip()
    model.compare_run(first, True)
    keys = desk.window.curves.curves.series_keys()
    assert {key.split(".")[0] for key in keys} == {first.key, second.key}
    model.compare_run(first, False)
    assert {key.split(".")[0] for key in desk.window.curves.curves.series_keys()} == {second.key}


def test_dragging_a_live_setting_is_one_edit_and_few_changes(desk: Desk, model: SessionModel, tmp_path: Path) -> None:
    model.choose_model("vae")
    model.edit_settings(hidden_features=[8], max_epochs=100_000, schedule="constant")
    model.slow_down(0.3)
    desk.click("training.start")
    desk.until(lambda: model.current is not None and desk.run.history.step > 0)
    edits, recipe = model.undo.count(), desk.run.recipe
    for beta in np.linspace(1, 5, 200):
        model.edit_settings(beta=float(beta))
    desk.until(lambda: any(change.value == 5.0 for change in desk.run.history.changes))
    steps = [change.step for change in desk.run.history.changes]
    assert len(steps) == len(set(steps)), "at most one change a step"
    assert len(steps) < 200
    assert model.undo.count() == edits + 1
    assert desk.run.recipe == recipe, "the run keeps what it began with"
    model.undo.undo()
    desk.until(lambda: desk.run.history.changes[-1].value == 1.0)
    model.stop()
    desk.until(lambda: desk.run.status is Status.STOPPED)
    desk.window.documents.export_to("recipe", desk.run, tmp_path / "r.toml")
    desk.until(lambda: "Saved r.toml" in desk.said())
    exported = parse_recipe((tmp_path / "r.toml").read_text(encoding="utf-8"))
    made = [(change.step, change.name, change.value) for change in desk.run.history.changes]
    assert [(change.step, change.name, change.value) for change in exported.changes] == made


def test_settings_that_are_not_live_leave_the_run_alone(desk: Desk, model: SessionModel) -> None:
    model.choose_model("vae")
    model.edit_settings(hidden_features=[8], max_epochs=100_000)
    model.slow_down(0.02)
    desk.click("training.start")
    desk.until(lambda: model.current is not None and desk.run.history.step > 0)
    model.edit_settings(latent_dim=7, learning_rate=5e-4)
    desk.until(lambda: "learning_rate" in {change.name for change in desk.run.history.changes})
    # The horizon is told at the beginning of every training.
    assert {change.name for change in desk.run.history.changes} == {"horizon", "learning_rate"}
