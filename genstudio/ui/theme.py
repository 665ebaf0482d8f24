"""Light and dark: a palette and a style sheet from the one table of tokens; plots take their colours there too."""

from __future__ import annotations

import dataclasses
import string
from pathlib import Path

from PySide6.QtCore import QObject, Qt, QTemporaryDir, Signal
from PySide6.QtGui import QColor, QFont, QPalette
from PySide6.QtWidgets import QApplication

from genstudio.resources import resource
from genstudio.ui.icons import recoloured
from genstudio.ui.tokens import DARK, LIGHT, Tokens

MODES = ("system", "light", "dark")


class Theme(QObject):
    """The look of the program, and the news that it changed.

    Arguments:
        app: the application that is dressed.
        mode: one of `MODES`; "system" follows the desktop while the program runs.
    """

    changed = Signal()

    def __init__(self, app: QApplication, mode: str = "system") -> None:
        super().__init__(app)
        self._app = app
        # Ours replaces the desktop's palette, so its darkness is looked up first.
        self._dark_desktop = app.palette().color(QPalette.ColorRole.Window).lightness() < 128
        self._style_images = QTemporaryDir()
        self._mode = mode
        self._tokens = self._wanted()
        app.styleHints().colorSchemeChanged.connect(self._on_system_changed)

    @property
    def tokens(self) -> Tokens:
        """The colours now in force."""
        return self._tokens

    @property
    def mode(self) -> str:
        """What was asked for: one of `MODES`."""
        return self._mode

    def set_mode(self, mode: str) -> None:
        """Force a theme, or follow the system.

        Raises:
            ValueError: the mode is none of `MODES`.
        """
        if mode not in MODES:
            raise ValueError(f"{mode!r} is none of {MODES}")
        self._mode = mode
        self._refresh()

    def toggle(self) -> None:
        """From light to dark, or back; the choice then no longer follows the system."""
        self.set_mode("light" if self._tokens is DARK else "dark")

    def apply(self) -> None:
        """Dress the application: style, font, palette, style sheet, plot defaults."""
        self._app.setStyle("Fusion")
        self._app.setFont(with_tabular_digits(self._app.font()))
        self._dress()

    def _refresh(self) -> None:
        wanted = self._wanted()
        if wanted is not self._tokens:
            self._tokens = wanted
            self._dress()
            self.changed.emit()

    def _dress(self) -> None:
        # Where one style sheet replaces another, Qt polishes each widget once for every one of its ancestors.
        self._app.setStyleSheet("")
        self._app.setPalette(palette(self._tokens))
        self._app.setStyleSheet(style_sheet(self._tokens, self._images()))

    def _images(self) -> Path:
        """Style sheets take pictures from files only: ours are drawn in the theme's colours."""
        folder = Path(self._style_images.path()) / self._tokens.name
        if not folder.is_dir():
            folder.mkdir()
            for name, icon, colour in _style_pictures(self._tokens):
                (folder / f"{name}.svg").write_bytes(recoloured(icon, colour))
        return folder

    def _wanted(self) -> Tokens:
        if self._mode != "system":
            return DARK if self._mode == "dark" else LIGHT
        scheme = self._app.styleHints().colorScheme()
        if scheme == Qt.ColorScheme.Unknown:
            return DARK if self._dark_desktop else LIGHT
        return DARK if scheme == Qt.ColorScheme.Dark else LIGHT

    def _on_system_changed(self) -> None:
        self._refresh()


def with_tabular_digits(font: QFont) -> QFont:
    """The same font with digits of one width, so that changing numbers do not jump."""
    steady = QFont(font)
    steady.setFeature(QFont.Tag("tnum"), 1)
    return steady


def palette(tokens: Tokens) -> QPalette:
    """Every colour role of Qt, from the tokens; what the style sheet forgets still fits."""
    role = QPalette.ColorRole
    found = QPalette()
    for key, colour in {
        role.Window: tokens.background, role.WindowText: tokens.text, role.Base: tokens.sunken,
        role.AlternateBase: tokens.background, role.Text: tokens.text, role.Button: tokens.surface,
        role.ButtonText: tokens.text, role.BrightText: tokens.danger, role.Light: tokens.raised,
        role.Midlight: tokens.raised, role.Mid: tokens.border, role.Dark: tokens.border_strong,
        role.Shadow: tokens.background, role.Highlight: tokens.accent, role.HighlightedText: tokens.accent_text,
        role.Link: tokens.accent, role.LinkVisited: tokens.accent, role.ToolTipBase: tokens.raised,
        role.ToolTipText: tokens.text, role.PlaceholderText: tokens.muted, role.Accent: tokens.accent,
    }.items():
        found.setColor(key, QColor(colour))
    for key in (role.WindowText, role.Text, role.ButtonText):
        found.setColor(QPalette.ColorGroup.Disabled, key, QColor(tokens.disabled))
    return found


def style_sheet(tokens: Tokens, images: Path) -> str:
    """The style sheet with the theme's colours filled in.

    Arguments:
        images: folder of the arrows and checks, in the theme's colours.
    """
    template = string.Template(resource("style", "genstudio.qss").read_text(encoding="utf-8"))
    colours = {key: value for key, value in dataclasses.asdict(tokens).items() if isinstance(value, str)}
    return template.substitute(colours, images=images.as_posix())


def _style_pictures(tokens: Tokens) -> tuple[tuple[str, str, str], ...]:
    return (
        ("down", "chevron-down", tokens.muted), ("down-hover", "chevron-down", tokens.text),
        ("down-off", "chevron-down", tokens.disabled), ("up", "chevron-up", tokens.muted),
        ("up-hover", "chevron-up", tokens.text), ("up-off", "chevron-up", tokens.disabled),
        ("right", "chevron-right", tokens.muted), ("left", "chevron-left", tokens.muted),
        ("check", "check", tokens.accent_text), ("check-off", "check", tokens.disabled),
        ("check-plain", "check", tokens.text), ("dash", "dash", tokens.accent_text),
        ("dot", "dot", tokens.accent_text), ("close", "close", tokens.muted),
        ("close-hover", "close", tokens.text), ("float", "float", tokens.muted),
    )
