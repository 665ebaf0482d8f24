from __future__ import annotations

import dataclasses
import re
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QFontMetrics, QIcon, QPalette
from PySide6.QtWidgets import QApplication, QToolButton
from pytestqt.qtbot import QtBot
from shiboken6 import isValid

from genstudio.resources import resource
from genstudio.ui.icons import bind_icon, icon, recoloured
from genstudio.ui.theme import Theme, with_tabular_digits
from genstudio.ui.tokens import DARK, LIGHT, Tokens

ICONS = sorted(path.stem for path in resource("icons").glob("*.svg") if path.stem != "genstudio")


def contrast(first: str, second: str) -> float:
    """The contrast ratio of the web's accessibility guidelines, 1 to 21."""
    levels = []
    for colour in (QColor(first), QColor(second)):
        parts = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in colour.getRgbF()[:3]]
        levels.append(0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2])
    return (max(levels) + 0.05) / (min(levels) + 0.05)


@pytest.mark.parametrize("tokens", [DARK, LIGHT], ids=lambda t: t.name)
def test_colours_are_colours(tokens: Tokens) -> None:
    words = ("name", "colormap", "diverging")
    plain = [v for k, v in dataclasses.asdict(tokens).items() if isinstance(v, str) and k not in words]
    assert all(re.fullmatch(r"#[0-9a-f]{6}", colour) for colour in [*plain, *tokens.series])
    assert len(set(tokens.series)) == 8


@pytest.mark.parametrize("tokens", [DARK, LIGHT], ids=lambda t: t.name)
@pytest.mark.parametrize("ground", ["background", "surface", "raised", "sunken", "plot"])
@pytest.mark.parametrize(("ink", "least"), [("text", 7.0), ("muted", 4.5), ("danger", 4.0), ("axis", 4.0)])
def test_texts_can_be_read(tokens: Tokens, ground: str, ink: str, least: float) -> None:
    assert contrast(getattr(tokens, ink), getattr(tokens, ground)) >= least


@pytest.mark.parametrize("tokens", [DARK, LIGHT], ids=lambda t: t.name)
def test_the_bright_button_can_be_read(tokens: Tokens) -> None:
    assert contrast(tokens.accent_text, tokens.accent) >= 3.9
    assert contrast(tokens.accent, tokens.surface) >= 3.0


@pytest.mark.parametrize("tokens", [DARK, LIGHT], ids=lambda t: t.name)
def test_series_stand_out_from_the_plot(tokens: Tokens) -> None:
    assert all(contrast(colour, tokens.plot) >= 3.0 for colour in tokens.series)


def test_switching_dresses_the_application(theme: Theme, qapp: QApplication, qtbot: QtBot) -> None:
    assert qapp.palette().color(QPalette.ColorRole.Window) == QColor(DARK.background)
    with qtbot.waitSignal(theme.changed):
        theme.toggle()
    assert theme.tokens is LIGHT
    assert theme.mode == "light"
    assert qapp.palette().color(QPalette.ColorRole.Window) == QColor(LIGHT.background)
    assert LIGHT.accent in qapp.styleSheet()
    assert "$" not in qapp.styleSheet()


@pytest.mark.parametrize(("ground", "name"), [("#101010", "dark"), ("#f0f0f0", "light")])
def test_a_system_that_does_not_say_is_judged_by_its_palette(qapp: QApplication, ground: str, name: str) -> None:
    before = qapp.palette()
    qapp.setPalette(QPalette(QColor(ground)))
    assert Theme(qapp, "system").tokens.name == name
    qapp.setPalette(before)


def test_the_system_is_followed_while_the_program_runs(
    theme: Theme, qapp: QApplication, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    theme.set_mode("system")
    hints = qapp.styleHints()
    for scheme, name in ((Qt.ColorScheme.Light, "light"), (Qt.ColorScheme.Dark, "dark")):
        monkeypatch.setattr(type(hints), "colorScheme", lambda _, scheme=scheme: scheme)
        hints.colorSchemeChanged.emit(scheme)
        assert theme.tokens.name == name
    theme.set_mode("light")
    hints.colorSchemeChanged.emit(Qt.ColorScheme.Dark)
    assert theme.tokens.name == "light"


def test_setting_the_same_theme_tells_nothing(theme: Theme, qtbot: QtBot) -> None:
    with qtbot.assertNotEmitted(theme.changed):
        theme.set_mode("dark")


def test_unknown_modes_are_refused(theme: Theme) -> None:
    with pytest.raises(ValueError, match="sepia"):
        theme.set_mode("sepia")


def test_every_picture_of_the_style_sheet_exists(theme: Theme, qapp: QApplication) -> None:
    paths = re.findall(r'url\("([^"]+)"\)', qapp.styleSheet())
    assert paths
    assert all(Path(path).is_file() for path in paths)


@pytest.mark.parametrize("name", ICONS)
def test_icons_are_drawn_in_the_colour_asked_for(qapp: QApplication, name: str) -> None:
    image = icon(name, DARK, "danger").pixmap(24, 24).toImage()
    solid = [
        QColor(image.pixelColor(x, y)) for x in range(image.width()) for y in range(image.height())
        if image.pixelColor(x, y).alpha() > 200
    ]
    assert solid
    wanted = QColor(DARK.danger)
    assert max(abs(c.red() - wanted.red()) + abs(c.blue() - wanted.blue()) for c in solid) < 12
    assert b"currentColor" not in recoloured(name, "#123456")


def test_bound_icons_follow_the_theme(theme: Theme, qtbot: QtBot) -> None:
    button = QToolButton()
    qtbot.addWidget(button)
    binder = bind_icon(button, theme, "play")
    before = button.icon().cacheKey()
    theme.toggle()
    after = button.icon().cacheKey()
    binder.show("pause")
    assert len({before, after, button.icon().cacheKey()}) == 3


def test_a_deleted_button_does_not_hear_of_the_theme(theme: Theme, qtbot: QtBot) -> None:
    button = QToolButton()
    bind_icon(button, theme, "play")
    button.deleteLater()
    qtbot.waitUntil(lambda: not isValid(button))
    theme.toggle()


def test_disabled_icons_are_grey(qapp: QApplication) -> None:
    picture = icon("stop", DARK).pixmap(24, QIcon.Mode.Disabled).toImage()
    assert picture.pixelColor(12, 12) == QColor(DARK.disabled)


def test_digits_are_of_one_width(qapp: QApplication) -> None:
    metrics = QFontMetrics(with_tabular_digits(qapp.font()))
    assert len({metrics.horizontalAdvance(digit) for digit in "0123456789"}) == 1
