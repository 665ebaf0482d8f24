"""Which classes there are, which of them are used, and how the pictures are prepared."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QImage, QPixmap
from PySide6.QtWidgets import (
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QStackedWidget,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from genstudio.applications.mosaic import mosaic
from genstudio.data.dataset import Dataset
from genstudio.data.pictures import Pictures
from genstudio.errors import DataError
from genstudio.ui.data_views.class_delegate import ShareDelegate
from genstudio.ui.data_views.class_model import ClassField, ClassModel, ClassRow
from genstudio.ui.data_views.item_card import NO_CLASS
from genstudio.ui.data_views.picture_facts import PictureFacts
from genstudio.ui.data_views.preparation_card import PicturePreparationCard
from genstudio.ui.data_views.space_key import SpaceKey
from genstudio.ui.elided_label import ElidedLabel
from genstudio.ui.plain_table import plain_list, quiet_button
from genstudio.ui.session_model import SessionModel
from genstudio.ui.theme import Theme

_ROW_PX = 36
_ICON_PX = 30
_WIDTHS_PX = {ClassField.SHARE: 100, ClassField.COUNT: 104}
_NONE = "These pictures have no classes. In a folder of pictures the sub-folders are the classes."


class ClassesView(QWidget):
    """The table of classes, and the preparation beside it."""

    def __init__(self, model: SessionModel, theme: Theme, facts: PictureFacts) -> None:
        super().__init__()
        self._model, self._facts = model, facts
        self.classes = ClassModel(self)
        self.table = self._make_table(theme)
        self.sentence = ElidedLabel()
        self.sentence.setObjectName("data.pictures.sentence")
        self.sentence.setProperty("role", "muted")
        tip = "Use the pictures of every class, and those without one"
        self.all = quiet_button(theme, "data.pictures.all", "reset", "All classes", tip)
        self.all.setAccessibleName("Use all classes")
        self.preparation = PicturePreparationCard(model, theme)
        self._arrange()
        self.classes.wished.connect(self._on_wished)
        self.all.clicked.connect(lambda: model.edit_preparation(classes=None))
        facts.arrived.connect(self._on_facts)
        model.data_changed.connect(self.refresh)
        self.refresh()

    def refresh(self) -> None:
        """Show the classes of the pictures, and which are used."""
        pictures, data = self._model.pictures, self._model.data
        rows = [] if pictures is None or data is None else class_rows(pictures, data)
        self.classes.show_rows(rows)
        self._stacked.setCurrentIndex(0 if rows else 1)
        chosen = self._model.recipe.data.preparation.classes
        self.all.setEnabled(chosen is not None)
        used = sum(row.used for row in rows)
        self.sentence.setText(f"{used:,} of {sum(row.count for row in rows):,} pictures are used" if rows else "")
        self._on_facts()

    # Inner workings.

    def _on_facts(self) -> None:
        found = self._facts.of(self._model.pictures)
        self.classes.show_icons([] if found is None else [_icon(known.mean) for known in found.classes])

    def _on_wished(self, name: str, used: bool) -> None:
        chosen = [row.name for row in self.classes.rows if (used if row.name == name else row.checked)]
        if not chosen:
            remedy = "Check another class before this one is left out."
            self._model.messages.show_error(DataError("At least one class must be used.", remedy))
            return
        known = [row.name for row in self.classes.rows if row.checked is not None]
        self._model.edit_preparation(classes=None if chosen == known else tuple(chosen))

    def _toggle_current(self) -> None:
        place = self.table.currentIndex()
        row = self.classes.rows[place.row()] if place.isValid() else None
        if row is not None and row.checked is not None:
            self._on_wished(row.name, not row.checked)

    def _make_table(self, theme: Theme) -> QTableView:
        table = plain_list(self.classes, "data.pictures.classes", "Classes of the pictures", _ROW_PX)
        table.setIconSize(QSize(_ICON_PX, _ICON_PX))
        table.setItemDelegateForColumn(ClassField.SHARE, ShareDelegate(theme, table))
        header = table.horizontalHeader()
        header.setSectionResizeMode(ClassField.NAME, QHeaderView.ResizeMode.Stretch)
        for field, width in _WIDTHS_PX.items():
            header.resizeSection(field, width)
        theme.changed.connect(table.viewport().update)
        SpaceKey(table, self._toggle_current)
        return table

    def _arrange(self) -> None:
        above = QHBoxLayout()
        above.addWidget(self.sentence, 1)
        above.addWidget(self.all)
        none = QLabel(_NONE)
        none.setObjectName("data.pictures.none")
        none.setProperty("role", "empty")
        none.setAlignment(Qt.AlignmentFlag.AlignCenter)
        none.setWordWrap(True)
        self._stacked = QStackedWidget()
        self._stacked.addWidget(self.table)
        self._stacked.addWidget(none)
        left = QVBoxLayout()
        left.setSpacing(6)
        left.addLayout(above)
        left.addWidget(self._stacked, 1)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(10)
        layout.addLayout(left, 1)
        layout.addWidget(self.preparation)


def class_rows(pictures: Pictures, data: Dataset) -> list[ClassRow]:
    """One row a class, and a last one for pictures without a class where there are some; none without classes."""
    if pictures.codes is None:
        return []
    counts = np.bincount(pictures.codes + 1, minlength=len(pictures.levels) + 1)
    used = _used_words(pictures, data)
    chosen = None if data.labels is None else set(data.labels.levels)
    rows = [
        ClassRow(word, int(counts[code + 1]), int(used[code + 1]), chosen is None or word in chosen)
        for code, word in enumerate(pictures.levels)
    ]
    return [*rows, ClassRow(NO_CLASS, int(counts[0]), int(used[0]), None)] if counts[0] else rows


def _used_words(pictures: Pictures, data: Dataset) -> NDArray[np.int64]:
    """How many pictures of each class are used, shape (K + 1,), those without a class first."""
    assert pictures.codes is not None
    rows = np.concatenate(data.rows)
    return np.bincount(pictures.codes[rows] + 1, minlength=len(pictures.levels) + 1)


def _icon(mean: NDArray[np.float32]) -> QPixmap:
    """A mean picture (C, H, W), intensities, as small as an icon."""
    pixels = np.ascontiguousarray(mosaic(mean[None], 1))
    height, width, _ = pixels.shape
    image = QImage(pixels.data, width, height, 3 * width, QImage.Format.Format_RGB888)
    return QPixmap.fromImage(image.scaled(
        _ICON_PX, _ICON_PX, Qt.AspectRatioMode.KeepAspectRatio, Qt.TransformationMode.SmoothTransformation
    ))
