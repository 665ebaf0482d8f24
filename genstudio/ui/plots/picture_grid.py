"""Many pictures at once, to be looked at, chosen and marked."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QPointF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QContextMenuEvent, QImage, QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from genstudio.applications.mosaic import as_bytes, mosaic
from genstudio.ui.plots import export
from genstudio.ui.plots.picture_menu import PictureMenu
from genstudio.ui.plots.picture_overlay import draw_captions, draw_frames, draw_rows, draw_stars, image_of
from genstudio.ui.plots.picture_places import CRISP, Places, placed
from genstudio.ui.theme import Theme
from genstudio.ui.tips import plain_tip

Array = NDArray[Any]

SAVED_PIXELS = 1200
"""Saved and copied pictures are enlarged by a whole factor to about this width."""
_MARGIN_PX = 6
_STEPS = {Qt.Key.Key_Left: (-1, 0), Qt.Key.Key_Right: (1, 0), Qt.Key.Key_Up: (0, -1), Qt.Key.Key_Down: (0, 1)}


class PictureGrid(QWidget):
    """Pictures as one mosaic that fills its room, whatever their number.

    The context menu offers what `actions()` holds, besides saving and copying.

    Arguments:
        name: object name; those of the menu's actions start with it.
        title: what those hear who cannot see it.
        largest_px: side that no picture exceeds, logical pixels.
        foot_px: room below each picture, logical pixels.

    Signals:
        clicked: the picture that was chosen by the mouse or by arrow keys; it is selected already.
        double_clicked: the picture, by the mouse or by Return.
        hovered: the picture under the mouse, -1 for none.
        export_failed: the error where a picture could not be saved.
    """

    clicked = Signal(int)
    double_clicked = Signal(int)
    hovered = Signal(int)
    export_failed = Signal(object)

    def __init__(
        self, theme: Theme, name: str, title: str = "Pictures", parent: QWidget | None = None, *,
        largest_px: float = math.inf, foot_px: float = 0.0,
    ) -> None:
        super().__init__(parent)
        self._largest_px, self._foot_px = largest_px, foot_px
        self.theme = theme
        self.setObjectName(name)
        self.setAccessibleName(title)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setMinimumSize(64, 64)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self._pictures: Array = np.empty((0, 1, 1, 1), np.uint8)
        self._columns: int | None = None
        self._captions: tuple[str, ...] = ()
        self._selected: tuple[int, ...] = ()
        self._marked: tuple[int, ...] = ()
        self._hint = ""
        self._under = -1
        self._places: Places | None = None
        self._image = QImage()
        theme.changed.connect(self._place_again)

    # What is shown.

    @property
    def pictures(self) -> Array:
        """What is shown, bytes, shape (N, C, H, W)."""
        return self._pictures

    @property
    def selected(self) -> tuple[int, ...]:
        """The framed pictures, in the order in which they were given."""
        return self._selected

    @property
    def marked(self) -> tuple[int, ...]:
        """The pictures with a star."""
        return self._marked

    @property
    def places(self) -> Places:
        """Where each picture lies."""
        if self._places is None:
            self._arrange()
        assert self._places is not None
        return self._places

    def set_pictures(self, x: Array, columns: int | None = None, captions: Sequence[str] | None = None) -> None:
        """Show other pictures; what was selected and marked stays so where there are as many.

        Arguments:
            x: shape (N, C, H, W) with C 1 or 3: bytes, or intensities from 0 to 1.
            columns: in a row; as many as make the pictures largest when None.
            captions: plain text over the foot of each and in its tool tip, shown where there is room.
        """
        rearranged = x.shape != self._pictures.shape or columns != self._columns
        self._pictures, self._columns = as_bytes(x), columns
        self._captions = tuple(captions or ())
        self._selected = self._known(self._selected)
        self._marked = self._known(self._marked)
        self._image = QImage()
        if rearranged:
            self._places = None
        self._describe()
        self.update()

    def set_selected(self, indices: Iterable[int]) -> None:
        """Frame some pictures, silently; arrow keys go on from the last one."""
        self._selected = self._known(indices)
        self._describe()
        self.update()

    def set_marked(self, indices: Iterable[int]) -> None:
        """Put a star on some pictures."""
        self._marked = self._known(indices)
        self.update()

    @property
    def hint(self) -> str:
        """What is said while there are no pictures."""
        return self._hint

    def set_hint(self, text: str) -> None:
        """Say what to do while there are no pictures."""
        self._hint = text
        self.update()

    def sizeHint(self) -> QSize:
        """Enough for some pictures."""
        return QSize(360, 300)

    # Saving.

    def export(self, path: Path) -> None:
        """Write all pictures as one PNG.

        Raises:
            GenStudioError: the file cannot be written.
        """
        export.write_whole(path, export.image_png(self.picture()))

    def picture(self) -> QImage:
        """All pictures as one, enlarged by a whole factor."""
        image = self._mosaic()
        factor = max(1, SAVED_PIXELS // max(image.width(), image.height(), 1))
        return image.scaled(image.size() * factor)

    def one(self, index: int) -> QImage:
        """One picture in its own pixels."""
        return image_of(mosaic(self._pictures[index:index + 1], 1))

    def context_menu(self, index: int = -1) -> PictureMenu:
        """The menu of the right mouse button over a picture, or beside all (-1)."""
        everything = self.picture if len(self._pictures) else None
        one = partial(self.one, index) if index >= 0 else None
        return PictureMenu(self, everything, one, self.export, self.export_failed.emit)

    # What the person does.

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Choose a picture."""
        index = self._at(event.position())
        if index >= 0 and event.button() == Qt.MouseButton.LeftButton:
            self._choose(index)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Choose it for good."""
        index = self._at(event.position())
        if index >= 0 and event.button() == Qt.MouseButton.LeftButton:
            self.double_clicked.emit(index)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Tell what is under the mouse."""
        self._hover(self._at(event.position()))

    def leaveEvent(self, event: QEvent) -> None:
        """Nothing is."""
        self._hover(-1)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Arrows go from picture to picture, Return takes one."""
        key = Qt.Key(event.key())
        if key in _STEPS and len(self._pictures):
            self._step(*_STEPS[key])
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self._selected:
            self.double_clicked.emit(self._selected[-1])
        else:
            super().keyPressEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Save or copy."""
        if event.reason() == QContextMenuEvent.Reason.Keyboard:
            index = self._selected[-1] if self._selected else -1
            self.context_menu(index).popup(self.mapToGlobal(self.rect().center()))
        else:
            self.context_menu(self._at(event.pos().toPointF())).popup(event.globalPos())

    def event(self, event: QEvent) -> bool:
        """Arrange anew for another room."""
        if event.type() in (QEvent.Type.Resize, QEvent.Type.DevicePixelRatioChange):
            self._place_again()
        return super().event(event)

    # Drawing.

    def paintEvent(self, event: QPaintEvent) -> None:
        """The mosaic, and over it what is chosen and marked."""
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor(self.theme.tokens.plot))
        if len(self._pictures):
            self._draw_pictures(painter)
            self.paint_words(painter)
            draw_frames(painter, self.theme.tokens, self.places, self._selected)
            draw_stars(painter, self.theme.tokens, self.places, self._marked)
        elif self._hint:
            painter.setPen(QColor(self.theme.tokens.muted))
            room = self.rect().adjusted(24, 24, -24, -24)
            painter.drawText(room, Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap, self._hint)
        if self.hasFocus() and not self._selected:
            # With a picture chosen, its own frame shows where the keys go.
            painter.setPen(QColor(self.theme.tokens.accent))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(self.rect().adjusted(0, 0, -1, -1))
        painter.end()

    def paint_words(self, painter: QPainter) -> None:
        """What is said of each picture."""
        draw_captions(painter, self.theme.tokens, self.places, self._captions[:len(self._pictures)])

    def _draw_pictures(self, painter: QPainter) -> None:
        places = self.places
        if self._image.isNull():
            self._image = self._mosaic()
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform,
                              places.scale * self.devicePixelRatioF() < CRISP)
        draw_rows(painter, self._image, places)

    # Inner workings.

    def _arrange(self) -> None:
        count, _, height, width = self._pictures.shape
        room = (max(1, self.width() - 2 * _MARGIN_PX), max(1, self.height() - 2 * _MARGIN_PX))
        found = placed((count, height, width), room, self._columns, ratio=self.devicePixelRatioF(),
                       largest_px=self._largest_px, foot_px=self._foot_px)
        self._places = replace(found, left=found.left + _MARGIN_PX, top=found.top + _MARGIN_PX)

    def _place_again(self) -> None:
        self._places, self._image = None, QImage()
        self.update()

    def _mosaic(self) -> QImage:
        ground = QColor(self.theme.tokens.plot)
        rgb = (ground.red(), ground.green(), ground.blue())
        return image_of(mosaic(self._pictures, self.places.columns, self.places.gap, rgb))

    def _known(self, indices: Iterable[int]) -> tuple[int, ...]:
        return tuple(index for index in indices if 0 <= index < len(self._pictures))

    def _at(self, place: QPointF) -> int:
        return self.places.index_at(place.x(), place.y()) if len(self._pictures) else -1

    def _choose(self, index: int) -> None:
        self.set_selected([index])
        self.clicked.emit(index)

    def _step(self, across: int, down: int) -> None:
        here = self._selected[-1] if self._selected else -1
        wanted = here + across + down * self.places.columns if here >= 0 else 0
        if 0 <= wanted < len(self._pictures):
            self._choose(wanted)

    def _hover(self, index: int) -> None:
        if index != self._under:
            self._under = index
            if self._captions:
                self.setToolTip(plain_tip(self._captions[index]) if 0 <= index < len(self._captions) else "")
            self.hovered.emit(index)

    def _describe(self) -> None:
        count = len(self._pictures)
        chosen = ", ".join(str(index + 1) for index in self._selected[:10])
        self.setAccessibleDescription(f"{count:,} pictures" + (f"; selected: {chosen}" if chosen else ""))
