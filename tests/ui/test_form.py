from __future__ import annotations

from collections.abc import Callable
from typing import Any, Literal

import pytest
from PySide6.QtCore import QLocale, QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractSpinBox,
    QApplication,
    QCheckBox,
    QComboBox,
    QLabel,
    QLineEdit,
    QSlider,
    QToolButton,
    QVBoxLayout,
    QWidget,
)
from pytestqt.qtbot import QtBot
from shiboken6 import isValid

from genstudio.settings import Settings, describe, setting
from genstudio.ui.form import Form
from genstudio.ui.theme import Theme


class Demo(Settings):
    rate: float = setting(1e-3, "How far one step goes.", gt=0, le=1, log=True, live=True, label="Learning rate")
    count: int = setting(5, "How many.", ge=1, le=100, unit="rows")
    share: float = setting(0.25, "Which share.", ge=0, le=1)
    prior: float | None = setting(None, "Prior.", gt=0)
    width: float | Literal["scott", "silverman"] = setting("scott", "Bandwidth.", gt=0)
    shape: Literal["full", "tied_down"] = setting("full", "Shape.")
    warm: bool = setting(False, "Go on from before.", label="Warm start")
    name: str = setting("it", "A <b>name</b>.")
    tol: float = setting(1e-3, "When to end.", gt=0, log=True, advanced=True)
    means: list[float] | None = setting(None, "Hidden.", hidden=True)


Heard = list[tuple[str, Any]]


@pytest.fixture
def form(theme: Theme, qtbot: QtBot) -> Form:
    window = QWidget()
    qtbot.addWidget(window)
    form = Form(Demo, theme, "model")
    layout = QVBoxLayout(window)
    layout.addWidget(form)
    other = QLineEdit(objectName="elsewhere")
    layout.addWidget(other)
    window.resize(320, 600)
    window.show()
    qtbot.waitExposed(window)
    window.activateWindow()
    form.heard = []  # type: ignore[attr-defined]
    form.changed.connect(lambda name, value: form.heard.append((name, value)))  # type: ignore[attr-defined]
    form.window_kept = window  # type: ignore[attr-defined]
    return form


def heard(form: Form) -> Heard:
    return form.heard  # type: ignore[attr-defined,no-any-return]


def editor(form: Form, name: str) -> Any:
    found = form.findChild(QWidget, f"model.{name}")
    assert found is not None
    return found


def retype(form: Form, name: str, text: str, key: Qt.Key | None = Qt.Key.Key_Return) -> None:
    widget = editor(form, name)
    widget.setFocus()
    line = widget if isinstance(widget, QLineEdit) else widget.findChild(QLineEdit)
    line.selectAll()
    QTest.keyClicks(widget, text)
    if key is not None:
        QTest.keyClick(widget, key)


def test_the_form_shows_the_defaults(form: Form) -> None:
    assert form.values() == {info.name: info.default for info in describe(Demo)}
    assert isinstance(editor(form, "rate"), QAbstractSpinBox)
    assert isinstance(editor(form, "shape"), QComboBox)
    assert isinstance(editor(form, "warm"), QCheckBox)
    assert form.findChild(QWidget, "model.means") is None


@pytest.mark.parametrize("locale", [QLocale.Language.German, QLocale.Language.English, QLocale.Language.French])
@pytest.mark.parametrize("text", ["0,002", "2e-3", "0.002", "2E-03"])
def test_numbers_mean_the_same_in_every_locale(
    theme: Theme, qtbot: QtBot, locale: QLocale.Language, text: str
) -> None:
    QLocale.setDefault(QLocale(locale))
    form = Form(Demo, theme, "model")
    qtbot.addWidget(form)
    form.show()
    seen: Heard = []
    form.changed.connect(lambda name, value: seen.append((name, value)))
    retype(form, "rate", text)
    assert seen == [("rate", 0.002)]
    assert form.values()["rate"] == 0.002


def test_setting_values_is_silent(form: Form) -> None:
    wanted = {"rate": 0.1, "count": 7, "share": 0.5, "prior": 2.0, "width": 0.3, "shape": "tied_down", "warm": True,
              "name": "other", "tol": 0.5, "means": [1.0]}
    form.set_values(wanted)
    assert form.values() == wanted
    assert heard(form) == []


@pytest.mark.parametrize(
    ("name", "text", "words"),
    [("rate", "0", "above 0"), ("rate", "5", "at most 1"), ("rate", "fast", "must be a number"),
     ("count", "1.5", "whole number"), ("count", "101", "at most 100"), ("width", "wide", "scott or silverman")],
)
def test_what_cannot_be_is_said_and_not_taken(form: Form, qtbot: QtBot, name: str, text: str, words: str) -> None:
    before = form.values()
    with qtbot.waitSignal(form.problem) as told:
        retype(form, name, text)
    assert told.args[0] == name
    assert words in told.args[1]
    assert form.problems() == {name: told.args[1]}
    assert form.values() == before
    assert heard(form) == []
    assert editor(form, name).property("problem") is True
    assert any(label.isVisible() and words in label.text() for label in form.findChildren(QLabel))
    retype(form, name, "0.5" if name != "count" else "3")
    assert form.problems() == {}
    assert editor(form, name).property("problem") is False


def test_leaving_takes_the_text_up(form: Form) -> None:
    retype(form, "count", "12", key=None)
    form.window_kept.findChild(QLineEdit, "elsewhere").setFocus()  # type: ignore[attr-defined]
    assert heard(form) == [("count", 12)]


def test_a_pause_in_typing_takes_the_text_up(form: Form, qtbot: QtBot) -> None:
    retype(form, "count", "12", key=None)
    qtbot.waitUntil(lambda: heard(form) == [("count", 12)])


def test_half_a_number_is_left_alone_while_typing(form: Form, qtbot: QtBot) -> None:
    retype(form, "rate", "1e-", key=None)
    qtbot.wait(600)
    assert form.problems() == {}
    form.commit()
    assert "rate" in form.problems()


def test_escape_gives_the_former_value_back(form: Form) -> None:
    retype(form, "count", "abc", key=Qt.Key.Key_Escape)
    assert editor(form, "count").text() == "5"
    assert heard(form) == []


@pytest.mark.parametrize(
    ("name", "key", "value"),
    [("rate", Qt.Key.Key_Up, 0.002), ("rate", Qt.Key.Key_Down, 0.0005), ("count", Qt.Key.Key_Up, 6),
     ("count", Qt.Key.Key_PageDown, 1), ("share", Qt.Key.Key_Up, 0.26)],
)
def test_keys_step(form: Form, name: str, key: Qt.Key, value: float) -> None:
    editor(form, name).setFocus()
    QTest.keyClick(editor(form, name), key)
    assert heard(form) == [(name, pytest.approx(value))]


def test_the_arrows_step(form: Form) -> None:
    box = editor(form, "count")
    QTest.mouseClick(box, Qt.MouseButton.LeftButton, pos=QPoint(box.width() - 9, 6))
    assert heard(form) == [("count", 6)]


def turn_wheel(widget: QWidget) -> None:
    place = QPointF(widget.rect().center())
    event = QWheelEvent(
        place, QPointF(widget.mapToGlobal(place.toPoint())), QPoint(), QPoint(0, 120), Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier, Qt.ScrollPhase.NoScrollPhase, False,
    )
    QApplication.sendEvent(widget, event)


@pytest.mark.parametrize("name", ["count", "shape"])
def test_the_wheel_changes_only_what_has_the_focus(form: Form, name: str) -> None:
    form.set_values({"shape": "tied_down"})
    editor(form, "rate").setFocus()
    turn_wheel(editor(form, name))
    assert heard(form) == []
    editor(form, name).setFocus()
    turn_wheel(editor(form, name))
    assert [entry[0] for entry in heard(form)] == [name]


@pytest.mark.parametrize("name", ["rate", "share", "width", "name"])
def test_a_form_can_be_deleted_while_typing(form: Form, qtbot: QtBot, name: str) -> None:
    seen = heard(form)
    retype(form, name, "0.7", key=None)
    form.deleteLater()
    qtbot.waitUntil(lambda: not isValid(form))
    assert seen == []


def test_optional_numbers(form: Form) -> None:
    retype(form, "prior", "2,5")
    retype(form, "prior", "auto")
    assert heard(form) == [("prior", 2.5), ("prior", None)]


def test_a_number_or_a_word(form: Form) -> None:
    retype(form, "width", "0.4")
    retype(form, "width", "silverman")
    assert heard(form) == [("width", 0.4), ("width", "silverman")]


def test_choices_are_chosen_by_key(form: Form) -> None:
    combo = editor(form, "shape")
    assert combo.itemText(1) == "tied down"
    combo.setFocus()
    QTest.keyClick(combo, Qt.Key.Key_Down)
    assert heard(form) == [("shape", "tied_down")]


def test_boxes_are_clicked(form: Form) -> None:
    box = editor(form, "warm")
    QTest.mouseClick(box, Qt.MouseButton.LeftButton, pos=QPoint(9, box.height() // 2))
    assert heard(form) == [("warm", True)]


def test_the_slider_and_the_number_agree(form: Form) -> None:
    slider = form.findChild(QSlider, "model.share.slider")
    slider.setValue(slider.maximum())
    assert heard(form) == [("share", 1.0)]
    retype(form, "share", "0,5")
    assert slider.value() == slider.maximum() // 2
    assert heard(form)[-1] == ("share", 0.5)


def test_the_reset_arrow_shows_where_something_changed(form: Form) -> None:
    arrow = form.findChild(QToolButton, "model.count.reset")
    width = editor(form, "count").width()
    assert not arrow.isVisible()
    retype(form, "count", "9")
    assert arrow.isVisible()
    assert editor(form, "count").width() == width
    QTest.mouseClick(arrow, Qt.MouseButton.LeftButton)
    assert heard(form) == [("count", 9), ("count", 5)]
    assert not arrow.isVisible()


def test_live_settings_are_marked_and_stay_open(form: Form) -> None:
    assert form.findChild(QToolButton, "model.rate.live").isVisible()
    assert form.findChild(QToolButton, "model.count.live") is None
    form.set_enabled_names(form.live_names())
    assert editor(form, "rate").isEnabled()
    assert not editor(form, "count").isEnabled()
    form.set_enabled_names(None)
    assert editor(form, "count").isEnabled()


def test_seldom_used_settings_are_folded(form: Form) -> None:
    assert not editor(form, "tol").isVisible()
    QTest.mouseClick(form.findChild(QToolButton, "model.more"), Qt.MouseButton.LeftButton)
    assert editor(form, "tol").isVisible()


def test_problems_found_elsewhere_unfold_their_row(form: Form) -> None:
    form.set_problems({"tol": "Too small."})
    assert editor(form, "tol").isVisible()
    assert form.problems() == {"tol": "Too small."}
    form.set_problems({})
    assert form.problems() == {}


def test_names_for_tests_and_screen_readers(form: Form) -> None:
    names = [w.objectName() for w in form.findChildren(QWidget) if w.objectName().startswith("model.")]
    assert len(names) == len(set(names))
    assert editor(form, "rate").accessibleName() == "Learning rate"
    assert editor(form, "count").accessibleName() == "Count (rows)"
    assert "at least 1" in editor(form, "count").toolTip()
    assert "&lt;b&gt;" in editor(form, "name").toolTip()


def test_tab_goes_from_row_to_row(form: Form) -> None:
    editor(form, "rate").setFocus()
    seen = []
    for _ in range(4):
        QTest.keyClick(QApplication.focusWidget(), Qt.Key.Key_Tab)
        seen.append(QApplication.focusWidget().objectName())
    assert [name for name in seen if not name.endswith("slider")][:2] == ["model.count", "model.share"]


@pytest.mark.parametrize("make", [lambda f: f.resize(220, 500), lambda f: f.resize(900, 500)])
def test_nothing_is_clipped(form: Form, make: Callable[[QWidget], None]) -> None:
    window = form.window()
    make(window)
    for label in form.findChildren(QLabel):
        if label.isVisible() and not label.wordWrap():
            assert label.width() >= label.sizeHint().width()
    assert editor(form, "count").width() >= 70


class Both(Settings):
    """Settings of a model that takes tables and pictures."""

    rate: float = setting(1e-3, "How far a step goes.")
    transforms: int = setting(4, "Layers.", of="table")
    channels: tuple[int, ...] = setting((8, 16), "Of the convolutions.", of="images")


@pytest.mark.parametrize(
    ("of", "shown"),
    [("", {"rate", "transforms", "channels"}), ("table", {"rate", "transforms"}), ("images", {"rate", "channels"})],
)
def test_only_what_means_something_for_the_data_is_shown(theme: Theme, qtbot: QtBot, of: str, shown: set[str]) -> None:
    form = Form(Both, theme, "model", of=of)
    qtbot.addWidget(form)
    names = {name for name in Both.model_fields if form.findChild(QWidget, f"model.{name}") is not None}
    assert names == shown


def test_what_is_not_shown_keeps_its_value(theme: Theme, qtbot: QtBot) -> None:
    form = Form(Both, theme, "model", of="table")
    qtbot.addWidget(form)
    form.set_values({"rate": 1e-2, "channels": (4,)})
    assert form.values() == {"rate": 1e-2, "transforms": 4, "channels": (4,)}
