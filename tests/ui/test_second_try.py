"""What a note offers is a button that trains again with it, beside the run that showed the need."""

from __future__ import annotations

from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPushButton

from genstudio.errors import SettingsError
from genstudio.models.gmm import GaussianMixtureModel
from genstudio.runs.run import Run
from genstudio.training.events import Note
from genstudio.ui.second_try import changed_recipe, offer_of, settings_words
from tests.ui.desk import Desk

COLLAPSED = Note("alarm", "All samples are the same.", "More components help.", "collapsed", {"n_components": 2})


def tell(run: Run, note: Note, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the run say something at the next tick."""
    waiting = [note]
    monkeypatch.setattr(run, "pull", lambda: [waiting.pop()] if waiting else [])


@pytest.mark.parametrize("way", ["mouse", "keyboard"])
def test_one_click_trains_again_beside(desk: Desk, way: str, monkeypatch: pytest.MonkeyPatch) -> None:
    first = desk.train_slowly()
    tell(first, COLLAPSED, monkeypatch)
    button = desk.find("messages.offer", QPushButton)
    desk.until(button.isVisible)
    assert button.text() == button.accessibleName() == button.toolTip() == "Train again with 2 components"
    if way == "mouse":
        desk.click("messages.offer")
    else:
        button.setFocus()
        desk.key(Qt.Key.Key_Space, on="messages.offer")
    desk.until(lambda: len(desk.model.session.runs) == 2 and desk.run is not first)
    second = desk.run
    expected = {**first.recipe.model.settings, "n_components": 2}
    assert dict(second.recipe.model.settings) == expected == dict(desk.model.recipe.model.settings)
    assert second.data is first.data
    assert not first.status.ended, "the run that showed the need goes on"
    assert not button.isVisible()
    desk.model.undo.undo()
    assert desk.model.recipe == first.recipe


@pytest.mark.parametrize("note", [Note("alarm", "Something.", "Do that."), COLLAPSED])
def test_nothing_is_offered_without_settings_or_data(make_run: Any, desk: Desk, note: Note) -> None:
    run = make_run("gmm", {})
    assert (offer_of(desk.model, run, note) is None) == (not note.offer)
    run.data = None
    assert offer_of(desk.model, run, note) is None


def test_offers_that_do_not_suit_are_said_and_begin_nothing(desk: Desk) -> None:
    run = desk.train()
    offer = offer_of(desk.model, run, Note("alarm", "a", offer={"n_components": -1}))
    assert offer is not None
    offer[1]()
    assert len(desk.model.session.runs) == 1
    assert "n_components" in desk.said()


def test_unknown_settings_are_refused(make_run: Any) -> None:
    with pytest.raises(SettingsError, match="did you mean"):
        changed_recipe(make_run("gmm", {}), {"n_component": 2})


@pytest.mark.parametrize(
    ("changes", "words"),
    [({"n_components": 3, "warm": True}, "3 components, warm"), ({"MMD": False, "tol": 0.5}, "no MMD, tolerance 0.5"),
     ({"tol": 0.5, "n_components": 3, "n_init": 2}, "tolerance 0.5 and 2 more settings")],
)
def test_settings_read_as_words(changes: dict[str, Any], words: str) -> None:
    assert settings_words(GaussianMixtureModel.Settings, changes) == words
