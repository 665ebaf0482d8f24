"""A narrow card beside a view, which scrolls where it is longer than the window."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QScrollArea, QVBoxLayout, QWidget

CARD_WIDTH_PX = 300


class ScrolledCard(QScrollArea):
    """A framed column that those who inherit fill.

    Arguments:
        name: object name.
        title: what those hear who cannot see it.
    """

    def __init__(self, name: str, title: str) -> None:
        super().__init__()
        self.setObjectName(name)
        self.setAccessibleName(title)
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFixedWidth(CARD_WIDTH_PX)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        card = QFrame()
        card.setProperty("role", "card")
        self.column = QVBoxLayout(card)
        self.column.setContentsMargins(12, 10, 8, 10)
        self.column.setSpacing(6)
        page = QWidget()
        page.setProperty("role", "page")
        outer = QVBoxLayout(page)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(card)
        outer.addStretch(1)
        self.setWidget(page)
