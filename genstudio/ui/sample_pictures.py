"""Pages of pictures, to be browsed by wheel and keys."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent, QWheelEvent

from genstudio.ui.plots.picture_grid import PictureGrid
from genstudio.ui.sample_page import Page
from genstudio.ui.theme import Theme

LARGEST_PX = 196
"""Few pictures need not fill the room: one is large in the detail."""
_NOTCH = 120


class SamplePictures(PictureGrid):
    """A grid that goes on where it ends.

    Signals:
        turned: another page is wanted, so many on (or back).
        starred: the selected picture is to be put aside, or given back.
    """

    turned = Signal(int)
    starred = Signal()

    def __init__(self, theme: Theme) -> None:
        super().__init__(theme, "samples.grid", "Samples", largest_px=LARGEST_PX)
        self._wheeled = 0
        self.setToolTip("PageDown, PageUp or the wheel: other pages. Arrows: choose. S: put aside.")

    def show_page(self, page: Page) -> None:
        """Show a page; reconstructions stand on the right of what they are of."""
        if page.other is None:
            self.set_pictures(page.x)
        else:
            self.set_pictures(np.concatenate([page.x, page.other], axis=3))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Other pages, and stars."""
        way = {Qt.Key.Key_PageDown: 1, Qt.Key.Key_PageUp: -1}.get(Qt.Key(event.key()))
        if way is not None:
            self.turned.emit(way)
        elif event.key() == Qt.Key.Key_S and not event.modifiers():
            self.starred.emit()
        else:
            super().keyPressEvent(event)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """A notch is a page."""
        self._wheeled -= event.angleDelta().y()
        pages = int(self._wheeled / _NOTCH)
        if pages:
            self._wheeled -= pages * _NOTCH
            self.turned.emit(pages)
        event.accept()
