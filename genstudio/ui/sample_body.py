"""A page of samples, and beside or under it what is chosen on it."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QSplitter, QStackedWidget

from genstudio.ui.pump import Pump
from genstudio.ui.sample_detail import SampleDetail
from genstudio.ui.sample_page import Page
from genstudio.ui.sample_pictures import SamplePictures
from genstudio.ui.sample_rows import SampleRows
from genstudio.ui.theme import Theme

STRIP_PX, COLUMN_PX, PICTURES_PX = 132, 260, 640
"""What is chosen lies in a strip under rows, or stands in a column beside pictures."""


class SampleBody(QSplitter):
    """Shows pictures as a grid and rows over the data; the detail of rows only while one is chosen."""

    def __init__(self, theme: Theme, pump: Pump) -> None:
        super().__init__(Qt.Orientation.Horizontal)
        self.setObjectName("samples.parts")
        self.setChildrenCollapsible(False)
        self.pictures = False
        self.grid = SamplePictures(theme)
        self.rows = SampleRows(theme, pump)
        self.detail = SampleDetail(theme)
        self._pages = QStackedWidget()
        self._pages.addWidget(self.grid)
        self._pages.addWidget(self.rows)
        self.addWidget(self._pages)
        self.addWidget(self.detail)

    def set_pictures(self, pictures: bool) -> None:
        """Show pictures, or rows."""
        self.pictures = pictures
        self.detail.set_pictures(pictures)
        self.setOrientation(Qt.Orientation.Horizontal if pictures else Qt.Orientation.Vertical)
        if pictures:
            self.setSizes([PICTURES_PX, COLUMN_PX])
        self._pages.setCurrentWidget(self.grid if pictures else self.rows)

    def show_page(self, page: Page, wanted: int, title: str, hint: str) -> None:
        """Show a page.

        Arguments:
            wanted: rows that were asked for.
            title: what the rows are.
            hint: what is said in place of items where there are none.
        """
        if self.pictures:
            self.grid.set_hint(hint)
            self.grid.show_page(page)
        else:
            self.rows.show_page(page, wanted, title)
            self.rows.stage.set_hint("" if len(page) else hint)

    def show_detail(self, chosen: bool) -> None:
        """Make room for what is chosen, or give it back."""
        shown = chosen or self.pictures
        if shown and self.detail.isHidden():
            self.setSizes([max(1, self.height() - STRIP_PX), STRIP_PX])
        self.detail.setVisible(shown)

    def clear_choice(self) -> None:
        """Choose nothing."""
        self.grid.set_selected([])
        self.rows.clear_choice()
