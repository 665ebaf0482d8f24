"""The one place where errors and remarks appear, in words, with the remedy and the details to copy."""

from __future__ import annotations

import traceback
from collections.abc import Callable, Collection
from dataclasses import dataclass, replace
from typing import Literal

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QGuiApplication, QPaintEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QSizePolicy, QStylePainter, QToolButton, QWidget

from genstudio.errors import GenStudioError
from genstudio.ui.icons import bind_icon, icon
from genstudio.ui.theme import Theme
from genstudio.ui.tips import plain_tip

Offer = tuple[str, Callable[[], object]]
Level = Literal["info", "warning", "alarm"]
KEPT = 200
IDLE = "Space plays and pauses, . takes one step. Drop a file anywhere to learn from it."
_MARKS = {"info": ("info", "accent"), "warning": ("warning", "warning"), "alarm": ("warning", "danger")}


@dataclass(frozen=True)
class Message:
    """One thing said, and how often in a row.

    Arguments:
        offer: a button beside the message: its title, and what it does.
    """

    level: Level
    text: str
    remedy: str = ""
    details: str = ""
    times: int = 1
    offer: Offer | None = None


class Messages(QObject):
    """What was said so far, newest last; the same thing said again is counted, not repeated.

    Signals:
        said: the newest message is new or was said again.
        withdrawn: the newest message is true no more.
    """

    said = Signal()
    withdrawn = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.all: list[Message] = []

    def show(
        self, level: Level, text: str, remedy: str = "", details: str = "", offer: Offer | None = None
    ) -> None:
        """Say something, and offer to do something about it."""
        message = Message(level, text, remedy, details, offer=offer)
        if self.all and replace(self.all[-1], times=1, details=details, offer=offer) == message:
            self.all[-1] = replace(message, times=self.all[-1].times + 1)
        else:
            self.all.append(message)
            del self.all[:-KEPT]
        self.said.emit()

    def withdraw(self, texts: Collection[str]) -> None:
        """What these said is true no more."""
        if self.all and self.all[-1].text in texts:
            self.withdrawn.emit()

    def show_error(self, error: BaseException, offer: Offer | None = None) -> None:
        """Say what went wrong: our own errors in their words, faults of the program as such."""
        details = "".join(traceback.format_exception(error))
        if isinstance(error, GenStudioError):
            self.show("warning", error.what, error.remedy, details, offer)
        else:
            text = f"Something went wrong inside the program ({type(error).__name__}: {error})."
            self.show("alarm", text, "Your work is kept; copy the details for a report.", details)


class MessageStrip(QFrame):
    """Shows the newest message in a line of constant height."""

    def __init__(self, messages: Messages, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("messages")
        self._messages, self._theme = messages, theme
        self._mark = QLabel()
        self._text = _Line()
        self._text.setObjectName("messages.text")
        self._text.setAccessibleName("Newest message")
        self._text.setTextFormat(Qt.TextFormat.PlainText)
        self._text.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self._offer = QPushButton()
        self._offer.setObjectName("messages.offer")
        self._offer.setAccessibleName("What can be done about it")
        self._offer.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._offer.clicked.connect(self._take_offer)
        self._copy = self._button("messages.copy", "copy", "Copy details", self.copy_details)
        self._close = self._button("messages.close", "close", "Dismiss", self.dismiss)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(10, 4, 6, 4)
        layout.addWidget(self._mark)
        layout.addWidget(self._text, 1)
        layout.addWidget(self._offer)
        layout.addWidget(self._copy)
        layout.addWidget(self._close)
        messages.said.connect(self._on_said)
        messages.withdrawn.connect(self.dismiss)
        self.setFixedHeight(34)
        self.dismiss()

    def copy_details(self) -> None:
        """Put the message and its details on the clipboard."""
        newest = self._messages.all[-1]
        parts = (newest.text, newest.remedy, newest.details)
        QGuiApplication.clipboard().setText("\n".join(part for part in parts if part))

    def dismiss(self) -> None:
        """Show nothing until something new is said."""
        self._text.setText(IDLE)
        self._text.setToolTip("")
        self._show_offer(None)
        self._mark.setPixmap(icon("info", self._theme.tokens, "muted").pixmap(16, 16))
        self._show_level("none")

    def _on_said(self) -> None:
        newest = self._messages.all[-1]
        often = f"  (×{newest.times})" if newest.times > 1 else ""
        text = " ".join(part for part in (newest.text, newest.remedy) if part)
        self._text.setText(" ".join(text.split()) + often)
        self._text.setToolTip(plain_tip(text))
        self._show_offer(newest.offer)
        name, colour = _MARKS[newest.level]
        self._mark.setPixmap(icon(name, self._theme.tokens, colour).pixmap(16, 16))
        self._show_level(newest.level)

    def _show_offer(self, offer: Offer | None) -> None:
        self._offer.setVisible(offer is not None)
        if offer is not None:
            self._offer.setText(offer[0])
            self._offer.setAccessibleName(offer[0])
            self._offer.setToolTip(offer[0].removesuffix("…"))

    def _take_offer(self) -> None:
        offer = self._messages.all[-1].offer
        self.dismiss()
        if offer is not None:
            offer[1]()

    def _show_level(self, level: str) -> None:
        self.setProperty("level", level)
        self.style().unpolish(self)
        self.style().polish(self)
        self._copy.setVisible(level != "none")
        self._close.setVisible(level != "none")

    def _button(self, name: str, symbol: str, title: str, clicked: object) -> QToolButton:
        button = QToolButton(self)
        button.setObjectName(name)
        bind_icon(button, self._theme, symbol, "muted")
        button.setToolTip(title)
        button.setAccessibleName(title)
        button.setAutoRaise(True)
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        button.clicked.connect(clicked)
        return button


class _Line(QLabel):
    """A line that keeps its text whole, and is drawn with … where there is no room."""

    def paintEvent(self, event: QPaintEvent) -> None:
        """The text as far as it fits; the style draws it in the theme's colour."""
        room = self.contentsRect()
        shown = self.fontMetrics().elidedText(self.text(), Qt.TextElideMode.ElideRight, room.width())
        flags = int((Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter).value)
        painter = QStylePainter(self)
        painter.drawItemText(room, flags, self.palette(), self.isEnabled(), shown, self.foregroundRole())
