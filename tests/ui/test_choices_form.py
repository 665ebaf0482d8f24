from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QComboBox, QLineEdit, QSlider, QToolButton, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot
from shiboken6 import isValid

from genstudio.models.registry import models
from genstudio.runs.run import Run
from genstudio.settings import Settings, setting
from genstudio.ui.choices_form import ChoicesForm
from genstudio.ui.theme import Theme
from tests.steered import Steerable, Steering


class Other(Settings):
    steps: int = setting(20, "Steps.", ge=1)
    kept: float = setting(0.5, "Seen by nobody.", hidden=True)


class Unseen(Settings):
    kept: float = setting(0.5, "Seen by nobody.", hidden=True)


@pytest.fixture
def form(theme: Theme, show_alone: Callable[..., QWidget]) -> Iterator[ChoicesForm]:
    window = QWidget()
    layout = QVBoxLayout(window)
    found = ChoicesForm(theme, "samples")
    layout.addWidget(found)
    show_alone(window, 700, 120)
    found.offer("steerable", Steering)
    yield found
    assert isValid(window)


def editor(form: ChoicesForm, name: str, kind: type[Any] = QWidget) -> Any:
    return next(found for found in form.findChildren(kind, f"samples.{name}") if found.isVisible())


def retype(form: ChoicesForm, name: str, text: str) -> None:
    widget = editor(form, name)
    line = widget if isinstance(widget, QLineEdit) else widget.findChild(QLineEdit)
    line.setFocus()
    line.selectAll()
    QTest.keyClicks(line, text)
    QTest.keyClick(line, Qt.Key.Key_Return)


def test_only_what_was_chosen_otherwise_is_told(form: ChoicesForm, qtbot: QtBot) -> None:
    assert form.choices == {}
    with qtbot.waitSignal(form.changed):
        retype(form, "steps", "32")
    assert form.choices == {"steps": 32}
    combo = editor(form, "solver", QComboBox)
    combo.setCurrentIndex(combo.findText("euler"))
    with qtbot.waitSignal(form.changed):
        combo.activated.emit(combo.currentIndex())
    assert form.choices == {"steps": 32, "solver": "euler"}
    assert Steering.model_validate(form.choices).steps == 32


def test_each_choice_goes_back_to_its_default(form: ChoicesForm, qtbot: QtBot) -> None:
    reset = form.findChild(QToolButton, "samples.steps.reset")
    assert reset is not None
    assert not reset.isVisible()
    retype(form, "steps", "32")
    retype(form, "guidance", "1.5")
    with qtbot.waitSignal(form.changed):
        QTest.mouseClick(reset, Qt.MouseButton.LeftButton)
    assert form.choices == {"guidance": 1.5}


def test_what_cannot_be_is_not_chosen(form: ChoicesForm) -> None:
    retype(form, "steps", "0")
    assert form.choices == {}
    assert editor(form, "steps").property("problem") is True


def test_a_slider_that_is_dragged_tells_of_its_end_and_not_of_each_place(form: ChoicesForm, qtbot: QtBot) -> None:
    heard: list[float] = []
    form.changed.connect(lambda: heard.append(form.choices.get("guidance", 1.0)))
    slider = editor(form, "guidance.slider", QSlider)
    for place in range(101, 161):
        slider.setValue(place)
    assert len(heard) == 1, "the first is told at once"
    qtbot.waitUntil(lambda: heard[-1] == form.choices["guidance"] == 1.6)
    assert len(heard) < 10


def test_choices_are_kept_for_each_family(form: ChoicesForm) -> None:
    retype(form, "steps", "32")
    form.offer("other", Other)
    assert form.choices == {}
    retype(form, "steps", "5")
    assert form.choices == {"steps": 5}
    form.offer("steerable", Steering)
    assert form.choices == {"steps": 32}
    assert editor(form, "solver", QComboBox).isVisible()


@pytest.mark.parametrize("kind", [None, Settings, Unseen])
def test_without_a_choice_there_is_no_form(form: ChoicesForm, kind: type[Settings] | None) -> None:
    form.offer("plain", kind)
    assert form.isHidden()
    assert form.choices == {}
    form.offer("steerable", Steering)
    assert form.isVisible()


def test_the_choices_of_a_runs_model(
    form: ChoicesForm, make_run: Callable[..., Run], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(models(), "steerable", Steerable)
    form.show_run(None)
    assert form.isHidden()
    form.show_run(make_run("steerable", {}))
    assert editor(form, "steps").isVisible()
    form.show_run(make_run("gmm", {}))
    assert form.isHidden()
