"""Our own line icons, drawn in the theme's colours, sharp at every screen scale."""

from __future__ import annotations

import functools
from typing import Protocol

from PySide6.QtCore import QByteArray, QObject, QRectF, QSize, Qt, SignalInstance
from PySide6.QtGui import QGuiApplication, QIcon, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer

from genstudio.resources import resource
from genstudio.ui.tokens import Tokens

_SIZES = (16, 18, 20, 24)
_SCALES = (1.0, 2.0)


class HasIcon(Protocol):
    """A button or an action."""

    def setIcon(self, icon: QIcon) -> None:
        """Show an icon."""


class Themed(Protocol):
    """What tells its tokens, and when they change."""

    changed: SignalInstance

    @property
    def tokens(self) -> Tokens:
        """The colours now in force."""


class IconBinder(QObject):
    """Keeps the icon of a button or an action in the theme's colours, as long as that lives."""

    def __init__(self, owner: QObject, theme: Themed, name: str, colour: str) -> None:
        super().__init__(owner)
        self._owner, self._theme, self._colour = owner, theme, colour
        self._name = name
        theme.changed.connect(self.refresh)
        self.refresh()

    def show(self, name: str) -> None:
        """Change to another icon (play to pause)."""
        if name != self._name:
            self._name = name
            self.refresh()

    def refresh(self) -> None:
        """Draw the icon again in the colours now in force."""
        self._owner.setIcon(icon(self._name, self._theme.tokens, self._colour))  # type: ignore[attr-defined]


def bind_icon(owner: QObject, theme: Themed, name: str, colour: str = "text") -> IconBinder:
    """Give a button or an action an icon that follows the theme.

    Arguments:
        owner: has `setIcon`; the binder lives as long as it.
        name: file name of an icon, without ending.
        colour: name of the token it is drawn in ("text", "muted", "success", "accent_text", ...).
    """
    return IconBinder(owner, theme, name, colour)


def icon(name: str, tokens: Tokens, colour: str = "text") -> QIcon:
    """An icon in a token's colour; greyed when disabled."""
    return _icon(name, getattr(tokens, colour), tokens.disabled)


def recoloured(name: str, colour: str) -> bytes:
    """The SVG text of an icon with its colour filled in.

    Raises:
        FileNotFoundError: there is no such icon.
    """
    return resource("icons", f"{name}.svg").read_bytes().replace(b"currentColor", colour.encode())


@functools.lru_cache(maxsize=512)
def _icon(name: str, colour: str, disabled: str) -> QIcon:
    found = QIcon()
    scales = {1.0, *(screen.devicePixelRatio() for screen in QGuiApplication.screens())}
    for paint, mode in ((colour, QIcon.Mode.Normal), (disabled, QIcon.Mode.Disabled)):
        renderer = QSvgRenderer(QByteArray(recoloured(name, paint)))
        for size in _SIZES:
            for scale in scales:
                found.addPixmap(_pixmap(renderer, size, scale), mode)
    return found


def _pixmap(renderer: QSvgRenderer, size: int, scale: float) -> QPixmap:
    pixmap = QPixmap(QSize(round(size * scale), round(size * scale)))
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    renderer.render(painter, QRectF(pixmap.rect()))
    painter.end()
    pixmap.setDevicePixelRatio(scale)
    return pixmap
