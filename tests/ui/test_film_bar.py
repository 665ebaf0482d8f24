"""Scrubbing back through a training, as a person does it."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QLabel

from genstudio.runs.job import Status
from genstudio.training.events import Preview
from genstudio.ui import film_bar
from genstudio.ui.film_bar import FilmBar, FilmSlider
from tests.ui.desk import Desk


class Witness:
    """Looks at samples as a panel does."""

    NAME = "witness.drawn"

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.seen: list[Preview] = []
        desk.model.previewed.connect(self._on_previewed)
        desk.model.watch(self.NAME, "sample", n=5, seed=0)

    def _on_previewed(self, name: str, preview: Preview) -> None:
        if name == self.NAME:
            self.seen.append(preview)

    def sees(self, step: int) -> np.ndarray:
        self.desk.until(lambda: self.seen and self.seen[-1].step == step)
        return self.seen[-1].answer["x"]


@pytest.fixture
def witness(desk: Desk) -> Witness:
    # The only one who looks, so that every moment is one of its own.
    desk.window.show_panel("data")
    desk.find("curves.gap").hide()
    return Witness(desk)


def filmed(desk: Desk, moments: int = 4) -> list[int]:
    """Train slowly until there is a film, and hold; its moments."""
    desk.train_slowly(0.05)
    desk.until(lambda: len(desk.model.watching.moments) >= moments)
    desk.model.play_or_pause()
    desk.until(lambda: desk.run.status is Status.PAUSED)
    desk.until(lambda: desk.model.watching.moments[-1] == desk.run.history.step)
    return desk.model.watching.moments


def slider(desk: Desk) -> FilmSlider:
    return desk.find("film.slider", FilmSlider)


def label(desk: Desk) -> str:
    return desk.find("film.step", QLabel).text()


def test_hidden_until_there_is_something_to_see_again(desk: Desk, witness: Witness) -> None:
    bar = desk.find("film", FilmBar)
    assert not bar.isVisible()
    filmed(desk)
    desk.until(bar.isVisible)
    first = desk.run
    desk.model.stop()
    desk.until(lambda: first.status.ended)
    desk.model.edit_settings(max_iter=1, n_components=2)
    desk.train()
    desk.until(lambda: not bar.isVisible())
    desk.model.show_run(first)
    assert bar.isVisible(), "a run's film is kept while another one is shown"


def test_the_past_is_shown_to_every_watcher_while_training_goes_on(desk: Desk, witness: Witness) -> None:
    moments = filmed(desk)
    then = {preview.step: preview.answer["x"] for preview in witness.seen}
    past = next(step for step in moments[1:] if step in then)
    desk.model.scrub(past)
    assert np.array_equal(witness.sees(past), then[past])
    assert label(desk) == f"EM step {past:,} of {desk.run.history.step:,}"
    assert desk.window.curves.curves._moment.value() == past
    desk.model.play_or_pause()
    desk.until(lambda: desk.model.watching.moments[-1] > moments[-1])
    assert witness.seen[-1].step == past, "what comes is kept, and not shown"
    desk.click("film.live")
    desk.until(lambda: witness.seen[-1].step > moments[-1])
    assert not desk.window.curves.curves._moment.isVisible()
    assert not desk.find("film.live").isEnabled()


def test_keys_go_from_moment_to_moment(desk: Desk, witness: Witness) -> None:
    moments = filmed(desk)
    slider(desk).setFocus()
    for key, step in ((Qt.Key.Key_Left, moments[-2]), (Qt.Key.Key_Left, moments[-3]), (Qt.Key.Key_Right, moments[-2])):
        desk.key(key)
        assert desk.model.watching.step == step
        witness.sees(step)
    desk.key(Qt.Key.Key_Home)
    assert desk.model.watching.step == moments[0]
    desk.key(Qt.Key.Key_Left)
    assert desk.model.watching.step == moments[0]
    desk.key(Qt.Key.Key_Escape)
    assert desk.model.watching.step is None
    assert desk.run.status is Status.PAUSED, "Escape went back to now, and did not stop the training"
    desk.key(Qt.Key.Key_End)
    desk.key(Qt.Key.Key_Left)
    desk.key(Qt.Key.Key_Right)
    assert desk.model.watching.step is None, "the newest moment is now"
    desk.key(Qt.Key.Key_Escape)
    desk.until(lambda: desk.run.status is Status.STOPPED)


def test_the_mouse_goes_where_it_clicks_and_drags(desk: Desk, witness: Witness) -> None:
    moments = filmed(desk)
    wide = slider(desk)
    desk.until(wide.isVisible)
    QTest.mouseClick(wide, Qt.MouseButton.LeftButton, pos=QPoint(2, wide.height() // 2))
    assert desk.model.watching.step == moments[0]
    desk.drag(wide, QPoint(8, wide.height() // 2), QPoint(wide.width() // 2, wide.height() // 2))
    step = desk.model.watching.step
    assert step is not None
    assert moments[0] < step < moments[-1]
    witness.sees(max(moment for moment in moments if moment <= step))
    QTest.mouseClick(wide, Qt.MouseButton.LeftButton, pos=QPoint(wide.width() - 2, wide.height() // 2))
    assert desk.model.watching.step is None


def test_the_whole_film_is_played(desk: Desk, witness: Witness, monkeypatch: pytest.MonkeyPatch) -> None:
    moments = filmed(desk)
    monkeypatch.setattr(film_bar, "PLAY_SECONDS", 1.0)
    play = desk.find("film.play", QAbstractButton)
    del witness.seen[:]
    desk.click("film.play")
    assert play.isChecked()
    assert desk.model.watching.step == moments[0]
    desk.until(lambda: not play.isChecked())
    assert desk.model.watching.step is None
    witness.sees(moments[-1])
    steps = [preview.step for preview in witness.seen]
    assert steps == sorted(steps)
    assert set(steps) <= set(moments)
    desk.click("film.play")
    desk.key(Qt.Key.Key_Left, on="film.slider")
    assert not play.isChecked(), "whoever takes the slider stops the film"


def test_a_view_that_is_opened_meanwhile_shows_the_same_moment(desk: Desk, witness: Witness) -> None:
    moments = filmed(desk)
    desk.model.scrub(moments[1])
    witness.sees(moments[1])
    desk.model.unwatch(Witness.NAME)
    del witness.seen[:]
    desk.model.watch(Witness.NAME, "sample", n=5, seed=0)
    witness.sees(moments[1])
    desk.model.watch(Witness.NAME, "sample", n=7, seed=0)
    desk.until(lambda: witness.seen[-1].answer["x"].shape[0] == 7)
    assert witness.seen[-1].step == desk.run.history.step, "what was never looked at before is shown as it is"


def test_another_run_is_shown_as_it_is_now(desk: Desk, witness: Witness) -> None:
    moments = filmed(desk)
    held = desk.run
    desk.model.scrub(moments[0])
    desk.model.edit_settings(max_iter=2, n_components=2)
    desk.model.train()
    assert desk.model.current is not held
    assert desk.model.watching.step is None
