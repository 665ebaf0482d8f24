"""Which models are compared: from how many components or states to how many, of which shapes, by which criterion."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Literal

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QGridLayout, QLabel, QWidget

from genstudio.settings import SettingInfo, Settings, describe, setting
from genstudio.ui.fields import Field, field_for

SHAPES = ("full", "tied", "diag", "spherical")
# Row, column and width in columns of each editor; numbers and the choice have their label before them.
_PLACES = {
    "smallest": (0, 1, 1), "largest": (0, 3, 1), "criterion": (1, 1, 3), "full": (2, 0, 2), "tied": (2, 2, 2),
    "diag": (3, 0, 2), "spherical": (3, 2, 2),
}


class SizeSettings(Settings):
    """Which models are compared."""

    smallest: int = setting(1, "The fewest to try.", ge=1, le=500, label="From")
    largest: int = setting(10, "The most to try.", ge=1, le=500, label="to")
    criterion: Literal["BIC", "AIC", "validation"] = setting(
        "BIC", "BIC finds the true number, given enough rows; AIC expects new rows best and is more generous; "
        "validation is how likely the validation rows are, which no model has learned."
    )
    full: bool = setting(True, "Gaussians of any shape.")
    tied: bool = setting(False, "Gaussians of any shape, all the same.")
    diag: bool = setting(False, "Gaussians along the axes.")
    spherical: bool = setting(False, "Round Gaussians.")


class SizeFields(QWidget):
    """The editors of `SizeSettings`, side by side.

    Arguments:
        things: what there are so many of: "components" or "states".

    Signals:
        criterion_changed: another criterion was chosen.
        problem_told: what is wrong with what was typed, "" when mended.
    """

    criterion_changed = Signal()
    problem_told = Signal(str)

    def __init__(self, prefix: str, things: str = "components") -> None:
        super().__init__()
        self._fields = {info.name: _field(info, prefix, things) for info in describe(SizeSettings)}
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(8)
        grid.setVerticalSpacing(3)
        for name, (row, column, width) in _PLACES.items():
            field = self._fields[name]
            grid.addWidget(field.widget, row, column, 1, width)
            if name not in SHAPES:
                grid.addWidget(_label(field.info), row, column - 1)
            field.problem.connect(partial(self._on_problem, field))
        self._fields["criterion"].committed.connect(lambda value: self.criterion_changed.emit())

    @property
    def sizes(self) -> range:
        """The numbers of components."""
        return range(self._fields["smallest"].value(), self._fields["largest"].value() + 1)

    @property
    def shapes(self) -> Sequence[str]:
        """The covariance types that are ticked."""
        return [shape for shape in SHAPES if self._fields[shape].value()]

    @property
    def criterion(self) -> str:
        """"BIC", "AIC" or "validation"."""
        return str(self._fields["criterion"].value())

    def commit(self) -> None:
        """Take up what is typed and not yet taken up."""
        for field in self._fields.values():
            field.commit()

    def problem(self) -> str:
        """Why there is nothing to compare, or ""."""
        if not self.sizes:
            first, last = self.sizes.start, self.sizes.stop - 1
            return f"From {first} to {last} there is no number to try. Raise the second one."
        return "" if self.shapes else "Tick at least one shape of the covariances."

    def _on_problem(self, field: Field, sentence: str) -> None:
        field.mark(bool(sentence))
        self.problem_told.emit(sentence)


def _field(info: SettingInfo, prefix: str, things: str) -> Field:
    field = field_for(info)
    field.set_value(info.default)
    editor = field.editors()[0]
    editor.setObjectName(f"{prefix}.{info.name}")
    editor.setAccessibleName(f"{info.label} {things}" if info.kind == "int" else info.label)
    editor.setToolTip(info.help)
    editor.setMinimumWidth(56)
    return field


def _label(info: SettingInfo) -> QLabel:
    label = QLabel(info.label)
    label.setToolTip(info.help)
    return label
