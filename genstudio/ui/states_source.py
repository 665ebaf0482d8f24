"""Which rows are looked at: a part of the data, and all of its sequences or one."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QWidget

from genstudio.data.dataset import Dataset
from genstudio.runs.timeline import PARTS, Part
from genstudio.ui.data_views.cells import shortened

PART_TITLES = {"train": "Training rows", "valid": "Validation rows", "test": "Test rows"}
_KEY_WIDTH = 18


class StatesSource(QWidget):
    """Two lists: parts that have rows, and the sequences of the chosen part.

    Signals:
        changed: other rows were chosen.
    """

    changed = Signal()

    def __init__(self, prefix: str) -> None:
        super().__init__()
        self.parts = _combo(f"{prefix}.part", "Which part of the data is looked at")
        self.sequences = _combo(f"{prefix}.sequence", "Which of its sequences: all, one after another, or one alone")
        self.sequences.setMinimumContentsLength(_KEY_WIDTH)
        self.sequences.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.parts)
        layout.addWidget(self.sequences)
        self.parts.activated.connect(self._on_part)
        self.sequences.activated.connect(lambda _: self.changed.emit())

    @property
    def part(self) -> Part:
        """The part that is chosen."""
        found: Part = self.parts.currentData() or "train"
        return found

    @property
    def sequence(self) -> int | None:
        """The place of the sequence that is chosen, None for all."""
        place = self.sequences.currentIndex() - 1
        return place if place >= 0 else None

    def show_data(self, data: Dataset) -> None:
        """Offer the parts of other data that have rows; the same part stays chosen where it can."""
        assert data.lengths is not None, "only sequences have states"
        former = self.part
        kept = [part for part, lengths in zip(PARTS, data.lengths, strict=True) if lengths.sum()]
        self.parts.clear()
        for part in kept:
            self.parts.addItem(PART_TITLES[part], part)
        self.parts.setCurrentIndex(kept.index(former) if former in kept else 0)
        self.show_keys(())

    def show_keys(self, keys: Sequence[str]) -> None:
        """Offer the sequences of the chosen part; all of them are chosen."""
        self.sequences.clear()
        self.sequences.addItem(f"All {len(keys):,} sequences")
        self.sequences.addItems([shortened(key, 60) for key in keys])
        self.sequences.setVisible(len(keys) > 1)

    def _on_part(self) -> None:
        self.show_keys(())
        self.changed.emit()


def _combo(name: str, title: str) -> QComboBox:
    combo = QComboBox()
    combo.setObjectName(name)
    combo.setAccessibleName(title)
    combo.setToolTip(title)
    return combo
