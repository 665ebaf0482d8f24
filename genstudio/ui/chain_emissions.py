"""What each state of a chain emits, as numbers: means and covariances of Gaussians, rates of counts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import Qt

from genstudio.runs.chain_edits import Parameters, with_covariance, with_mean, with_rate
from genstudio.ui.chain_numbers import RIGHT, NumbersModel, Role, state_swatch
from genstudio.ui.data_views.cells import shortened
from genstudio.ui.theme import Theme
from genstudio.ui.tips import plain_tip

_TITLE = 18


@dataclass(frozen=True)
class Field:
    """One column of the table.

    Arguments:
        kind: "mean", "variance", "covariance" or "rate".
        i, j: which columns of the data it speaks of.
    """

    kind: str
    title: str
    words: str
    i: int
    j: int


class EmissionModel(NumbersModel):
    """One row a state."""

    def __init__(self, theme: Theme) -> None:
        super().__init__(theme)
        self.fields: tuple[Field, ...] = ()
        self._names: tuple[str, ...] = ()
        self._columns: tuple[int, ...] = ()

    def show_columns(self, names: Sequence[str], columns: Sequence[int]) -> None:
        """Offer the numbers of some of the data's columns."""
        self.beginResetModel()
        self._names, self._columns = tuple(names), tuple(columns)
        self.fields = () if self.parameters is None else self._fields(self.parameters)
        self.forget()
        self.endResetModel()

    def show_parameters(self, parameters: Parameters | None) -> None:
        """Show another chain, and the columns that its kind of emissions has."""
        if parameters is not None:
            fields = self._fields(parameters)
            if fields != self.fields:
                self.beginResetModel()
                self.fields, self.parameters = fields, parameters
                self.forget()
                self.endResetModel()
        super().show_parameters(parameters)

    def size_of(self, parameters: Parameters) -> tuple[int, int]:
        """States, and numbers of each."""
        return len(parameters["startprob"]) if self.fields else 0, len(self.fields)

    def number(self, row: int, column: int) -> float:
        """A mean, a variance, a covariance or a rate."""
        field = self.fields[column]
        assert self.parameters is not None
        if field.kind in ("mean", "rate"):
            return float(self.parameters["means" if field.kind == "mean" else "lambdas"][row, field.i])
        return float(self.parameters["covars"][row, field.i, field.j])

    def kind(self, row: int, column: int) -> str:
        """What its column holds."""
        return self.fields[column].kind

    def words(self, row: int, column: int) -> str:
        """What is spread or expected how in which state."""
        return f"{self.fields[column].words} in state {row + 1}"

    def wished(self, row: int, column: int, number: float) -> Parameters:
        """The chain with a number as it was typed."""
        assert self.parameters is not None
        field = self.fields[column]
        if field.kind == "mean":
            return with_mean(self.parameters, row, field.i, number)
        if field.kind == "rate":
            return with_rate(self.parameters, row, field.i, number)
        return with_covariance(self.parameters, row, field.i, field.j, number)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Role.DisplayRole) -> Any:
        """Numbers of the states with their colours; names as plain text."""
        if orientation == Qt.Orientation.Vertical:
            if role == Role.DecorationRole:
                return state_swatch(self._theme, section)
            return f"state {section + 1}" if role == Role.DisplayRole else None
        if role == Role.TextAlignmentRole:
            return RIGHT
        field = self.fields[section]
        return {Role.DisplayRole: field.title, Role.ToolTipRole: plain_tip(field.words)}.get(Role(role))

    def _fields(self, parameters: Parameters) -> tuple[Field, ...]:
        columns = [i for i in self._columns if i < len(self._names)]
        short = {i: shortened(self._names[i], _TITLE) for i in columns}
        if "lambdas" in parameters:
            return tuple(Field("rate", f"rate {short[i]}", f"The rate of {short[i]}", i, i) for i in columns)
        if "covars" not in parameters or parameters["means"].ndim != 2:
            return ()
        pairs = [(i, j) for place, i in enumerate(columns) for j in columns[place + 1:]]
        return (
            *(Field("mean", f"mean {short[i]}", f"The mean of {short[i]}", i, i) for i in columns),
            *(Field("variance", f"var {short[i]}", f"The variance of {short[i]}", i, i) for i in columns),
            *(Field("covariance", f"cov {short[i]}, {short[j]}" if len(pairs) > 1 else "cov",
                    f"The covariance of {short[i]} and {short[j]}", i, j) for i, j in pairs),
        )
