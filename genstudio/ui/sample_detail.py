"""One sample by itself, and what it looks like that was learned from."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QHBoxLayout, QLabel, QSizePolicy, QStackedWidget, QVBoxLayout, QWidget

from genstudio.data.table import Column, ColumnType, Table
from genstudio.runs.favourites import Array
from genstudio.ui.data_views.rows_model import RowsModel
from genstudio.ui.icons import bind_icon
from genstudio.ui.plain_table import fit_columns, plain_label, plain_table, quiet_button
from genstudio.ui.plots.nearness import Nearness
from genstudio.ui.plots.picture_grid import PictureGrid
from genstudio.ui.sample_words import EXPLAINED
from genstudio.ui.theme import Theme

LEAST_PX = 400
"""A column that is lower has no room for the histogram of the page."""


class SampleDetail(QWidget):
    """A sample beside its nearest training item, a sentence on both, and how near the whole page is.

    It stands as a column beside pictures and lies as a strip under rows.

    Signals:
        star_clicked: the sample is to be put aside, or given back.
    """

    star_clicked = Signal()

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.title = plain_label("samples.detail", "title", "What is shown large")
        self.pair = PictureGrid(theme, "samples.pair", "The sample and its nearest training item")
        self.captions = [plain_label(f"samples.caption.{place}") for place in range(2)]
        self.pair.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.rows = RowsModel()
        self.table = plain_table(self.rows, "samples.pair_rows", "The sample and its nearest training row")
        self.table.verticalHeader().hide()
        self.verdict = _sentence("samples.verdict", "Is it copying?")
        self.page_verdict = _sentence("samples.page_verdict", "Is the page copying?")
        self.nearness = Nearness(theme, "samples.nearness")
        self.star = quiet_button(theme, "samples.star", "star", "", "Favourite: put it aside, or give it back (S)")
        self.star.setCheckable(True)
        self.star.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonIconOnly)
        self._star_icon = bind_icon(self.star, theme, "star", "muted")
        self.star.clicked.connect(self.star_clicked)
        self._pictures, self._measured = True, False
        self._arrange()
        self.clear("")

    def set_pictures(self, pictures: bool) -> None:
        """Become a column for pictures, or a strip for rows."""
        self._pairs.setCurrentIndex(0 if pictures else 1)
        self._layout.setDirection(
            QBoxLayout.Direction.TopToBottom if pictures else QBoxLayout.Direction.LeftToRight
        )
        self.setMinimumSize(*((220, 200) if pictures else (220, 112)))
        # Words need breadth in a strip, pictures need height in a column.
        for place, stretch in enumerate((3, 2, 2) if pictures else (5, 7, 4)):
            self._layout.setStretch(place, stretch)
        self._pictures = pictures
        self._make_room()

    def clear(self, hint: str) -> None:
        """Show nothing but what to do."""
        self.title.setText("")
        self.pair.set_pictures(np.empty((0, 1, 1, 1), np.uint8))
        self._show_captions(())
        self.pair.set_hint(hint)
        self.rows.show_table(None)
        self.verdict.setText("")
        self.nearness.set_chosen(None)
        self.show_star(None)

    def show_pictures(self, pictures: Sequence[Array], captions: Sequence[str]) -> None:
        """Show one picture, or two beside each other, shape (C, H, W) each."""
        self.pair.set_pictures(np.stack(pictures), columns=len(pictures))
        self._show_captions(captions)

    def show_rows(self, table: Table, captions: Sequence[str]) -> None:
        """Show one row, or two under each other."""
        names = Column("", ColumnType.CATEGORY, np.arange(float(len(captions))), tuple(captions))
        self.rows.show_table(Table(table.name, (names, *table.columns)))
        fit_columns(self.table)
        self.table.setColumnWidth(0, max(self.table.sizeHintForColumn(0), 88))

    def show_star(self, starred: bool | None) -> None:
        """Whether it is a favourite; None where it cannot be one."""
        self.star.setEnabled(starred is not None)
        self.star.setChecked(bool(starred))
        self._star_icon.show("star-filled" if starred else "star")

    def show_page(self, sentence: str, edges: Array | None = None, shares: Array | None = None) -> None:
        """Say how near the whole page is, and show it where it was measured."""
        self.page_verdict.setText(sentence)
        self._measured = edges is not None
        self._make_room()
        if edges is not None and shares is not None:
            self.nearness.set_shares(edges, shares)

    def _show_captions(self, captions: Sequence[str]) -> None:
        for place, label in enumerate(self.captions):
            label.setVisible(place < len(captions))
            label.setText(captions[place] if place < len(captions) else "")

    def resizeEvent(self, event: QResizeEvent) -> None:
        """What cannot be read gives way to what can."""
        super().resizeEvent(event)
        self._make_room()

    def _make_room(self) -> None:
        self.nearness.setVisible(self._measured and (not self._pictures or self.height() >= LEAST_PX))

    def _arrange(self) -> None:
        below = QHBoxLayout()
        for label in self.captions:
            label.setAlignment(Qt.AlignmentFlag.AlignCenter)
            below.addWidget(label, 1)
        large = QWidget()
        column = QVBoxLayout(large)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2)
        column.addWidget(self.pair, 1)
        column.addLayout(below)
        self._pairs = QStackedWidget()
        self._pairs.addWidget(large)
        self._pairs.addWidget(self.table)
        words = QVBoxLayout()
        words.setSpacing(4)
        head = QHBoxLayout()
        head.addWidget(self.title, 1)
        head.addWidget(self.star)
        words.addLayout(head)
        words.addWidget(self.verdict)
        words.addWidget(self.page_verdict)
        words.addStretch(1)
        self._layout = QBoxLayout(QBoxLayout.Direction.TopToBottom, self)
        self._layout.setContentsMargins(8, 4, 8, 8)
        self._layout.setSpacing(6)
        self._layout.addWidget(self._pairs)
        self._layout.addLayout(words)
        self._layout.addWidget(self.nearness)
        self.nearness.setMinimumSize(150, 96)


def _sentence(name: str, title: str) -> QLabel:
    label = QLabel()
    label.setObjectName(name)
    label.setAccessibleName(title)
    label.setToolTip(EXPLAINED)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setWordWrap(True)
    label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    label.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Minimum)
    label.setAlignment(Qt.AlignmentFlag.AlignTop)
    return label
