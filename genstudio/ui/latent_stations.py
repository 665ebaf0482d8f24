"""The stations of a walk as thumbnails that can be dragged into another order and taken away."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QItemSelectionModel, QSize, Qt, Signal
from PySide6.QtGui import QIcon, QImage, QKeyEvent, QPixmap
from PySide6.QtWidgets import QListView, QListWidget, QListWidgetItem

from genstudio.applications.mosaic import mosaic
from genstudio.ui.latent_way import Station, Way
from genstudio.ui.tips import plain_tip

THUMBNAIL_PX = 44
_ROLE = Qt.ItemDataRole.UserRole


class StationList(QListWidget):
    """Stations from left to right.

    Drag to reorder, or Alt with an arrow; Delete takes the chosen one away; Return goes there.

    Signals:
        visited: a station that a person wants to see.
    """

    visited = Signal(object)
    _reordered = Signal()

    def __init__(self, way: Way, name: str) -> None:
        super().__init__()
        self._way = way
        self.setObjectName(name)
        self.setAccessibleName("Stations of the walk")
        self.setToolTip("Drag to reorder; Delete takes one away; a double click goes there")
        self.setFlow(QListView.Flow.LeftToRight)
        self.setDragDropMode(QListWidget.DragDropMode.InternalMove)
        self.setDefaultDropAction(Qt.DropAction.MoveAction)
        self.setIconSize(QSize(THUMBNAIL_PX, THUMBNAIL_PX))
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setHorizontalScrollMode(QListWidget.ScrollMode.ScrollPerPixel)
        self.setFixedHeight(THUMBNAIL_PX + 34)
        self.itemDoubleClicked.connect(self._on_visited)
        self.model().rowsMoved.connect(self._reordered)
        # Not before the list is done with its own moving.
        self._reordered.connect(self._on_reordered, Qt.ConnectionType.QueuedConnection)
        way.changed.connect(self.show_stations)
        way.pictured.connect(self._show_pictures)

    @property
    def chosen(self) -> int:
        """Place of the chosen station, -1 for none."""
        return self.currentRow() if self.selectedItems() else -1

    def show_stations(self) -> None:
        """Show what the way leads through."""
        place = self.currentRow()
        self.clear()
        for number, station in enumerate(self._way.stations):
            item = QListWidgetItem()
            _dress(item, station, number)
            self.addItem(item)
        if 0 <= place < self.count():
            self.setCurrentRow(place, QItemSelectionModel.SelectionFlag.ClearAndSelect)

    def remove_chosen(self) -> None:
        """Take the chosen station, or else the last one, out of the way."""
        place = self.chosen if self.chosen >= 0 else self.count() - 1
        if place >= 0:
            self._way.remove(place)

    def shift_chosen(self, by: int) -> None:
        """Let the chosen station come earlier or later."""
        place = self.chosen
        if place >= 0 and 0 <= place + by < self.count():
            self._way.shift(place, by)
            self.setCurrentRow(place + by)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Delete, Return, and Alt with arrows."""
        key, alt = event.key(), bool(event.modifiers() & Qt.KeyboardModifier.AltModifier)
        if key in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            self.remove_chosen()
        elif alt and key in (Qt.Key.Key_Left, Qt.Key.Key_Right):
            self.shift_chosen(-1 if key == Qt.Key.Key_Left else 1)
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.chosen >= 0:
            self._on_visited(self.item(self.chosen))
        else:
            super().keyPressEvent(event)

    def _on_visited(self, item: QListWidgetItem) -> None:
        self.visited.emit(item.data(_ROLE))

    def _on_reordered(self) -> None:
        self._way.set_stations([self.item(place).data(_ROLE) for place in range(self.count())])

    def _show_pictures(self) -> None:
        for number, station in enumerate(self._way.stations[:self.count()]):
            _dress(self.item(number), station, number)


def _dress(item: QListWidgetItem, station: Station, number: int) -> None:
    item.setData(_ROLE, station)
    item.setToolTip(plain_tip(f"{number + 1}: {station.title}"))
    item.setData(Qt.ItemDataRole.AccessibleTextRole, f"station {number + 1}, {station.title}")
    if station.x is not None and station.x.ndim == 4:
        item.setIcon(QIcon(_thumbnail(station)))
        item.setText("")
    else:
        item.setText(f"{number + 1} · {station.title}")


def _thumbnail(station: Station) -> QPixmap:
    assert station.x is not None
    pixels = np.ascontiguousarray(mosaic(station.x, 1))
    height, width, _ = pixels.shape
    image = QImage(pixels.data, width, height, 3 * width, QImage.Format.Format_RGB888)
    return QPixmap.fromImage(image.scaled(THUMBNAIL_PX, THUMBNAIL_PX, Qt.AspectRatioMode.KeepAspectRatio))
