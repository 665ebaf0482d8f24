"""How the anomalies panel places its views: the map keeps its height, whatever the window's."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QSplitter, QTabWidget, QWidget

_LOW_PX = 440


class BesideMap(QSplitter):
    """The map on the left; on the right the histogram above pages in tabs, or as the first of them in a low window.

    Arguments:
        name: object names start with it.
        pages: widgets by the titles of their tabs.
    """

    def __init__(self, name: str, left: QWidget, histogram: QWidget, pages: Mapping[str, QWidget]) -> None:
        super().__init__(Qt.Orientation.Horizontal)
        self.setObjectName(f"{name}.splitter")
        self._histogram = histogram
        self.tabs = QTabWidget()
        self.tabs.setObjectName(f"{name}.tabs")
        for title, page in pages.items():
            self.tabs.addTab(page, title)
        self._right = QSplitter(Qt.Orientation.Vertical)
        self._right.setObjectName(f"{name}.right")
        for splitter, widgets in ((self._right, (histogram, self.tabs)), (self, (left, self._right))):
            splitter.setChildrenCollapsible(False)
            for place, widget in enumerate(widgets):
                splitter.addWidget(widget)
                splitter.setStretchFactor(place, 1)
        self.setSizes([500, 500])

    def minimumSizeHint(self) -> QSize:
        """As low as the tabs alone: below some height the histogram is one of them."""
        return QSize(super().minimumSizeHint().width(), self.tabs.minimumSizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Move the histogram where it is not squeezed."""
        super().resizeEvent(event)
        low, in_tabs = self.height() < _LOW_PX, self.tabs.indexOf(self._histogram) >= 0
        if low and not in_tabs:
            self.tabs.insertTab(0, self._histogram, "Scores")
            self.tabs.setCurrentIndex(0)
        elif in_tabs and not low:
            self._right.insertWidget(0, self._histogram)
            self._histogram.show()
            # As they were: a splitter gives what comes back no more than it must have.
            self._right.setSizes([1, 1])
