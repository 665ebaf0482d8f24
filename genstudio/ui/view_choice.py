"""Which columns of a table with more than two are looked at."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLabel, QWidget

MODES = {"pair": "Two columns", "pairs": "All pairs"}


class ViewChoice(QWidget):
    """A pair of columns, or all pairs at once; nothing to choose for tables with two columns.

    Arguments:
        all_pairs: whether all pairs at once can be chosen.

    Signals:
        changed: another view was chosen.
    """

    changed = Signal()

    def __init__(self, prefix: str, all_pairs: bool = True) -> None:
        super().__init__()
        self._names: tuple[str, ...] = ()
        self._mode = self._combo(f"{prefix}.view", "What is looked at")
        for key, title in MODES.items():
            self._mode.addItem(title, key)
        self._x = self._combo(f"{prefix}.x", "Column along x")
        self._against = QLabel("against")
        self._against.setProperty("role", "muted")
        self._y = self._combo(f"{prefix}.y", "Column along y")
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        for widget in (self._mode, self._y, self._against, self._x):
            layout.addWidget(widget)
        layout.addStretch(1)
        self._mode.setVisible(all_pairs)
        self.hide()

    @property
    def mode(self) -> str:
        """A key of `MODES`."""
        return str(self._mode.currentData()) if len(self._names) > 2 else "pair"

    @property
    def columns(self) -> tuple[int, int]:
        """The columns along x and along y."""
        return max(0, self._x.currentIndex()), max(0, self._y.currentIndex())

    def set_columns(self, names: Sequence[str]) -> None:
        """Offer these columns; the choice stays where they are the same as before."""
        if tuple(names) == self._names:
            return
        self._names = tuple(names)
        for combo, place in ((self._x, 0), (self._y, 1)):
            combo.blockSignals(True)
            combo.clear()
            combo.addItems(list(names))
            combo.setCurrentIndex(min(place, len(names) - 1))
            combo.blockSignals(False)
        self.setVisible(len(names) > 2)

    def choose_pair(self, x: int, y: int) -> None:
        """Look at two columns."""
        for combo, place in ((self._x, x), (self._y, y), (self._mode, 0)):
            combo.blockSignals(True)
            combo.setCurrentIndex(place)
            combo.blockSignals(False)
        self._on_chosen()

    def _combo(self, name: str, title: str) -> QComboBox:
        combo = QComboBox()
        combo.setObjectName(name)
        combo.setAccessibleName(title)
        combo.setToolTip(title)
        combo.setMinimumWidth(84)
        # Columns change with the data, and their names with them.
        combo.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        combo.setMaximumWidth(200)
        combo.activated.connect(self._on_chosen)
        return combo

    def _on_chosen(self, index: int = 0) -> None:
        pair = self.mode == "pair"
        for widget in (self._x, self._against, self._y):
            widget.setEnabled(pair)
        self.changed.emit()
