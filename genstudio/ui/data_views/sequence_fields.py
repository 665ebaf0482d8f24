"""Whether rows are sequences in time, and the columns that say which, when, and which of them train."""

from __future__ import annotations

from PySide6.QtCore import QObject

from genstudio.data.dataset import Kind
from genstudio.data.sequences import Sequences
from genstudio.ui.data_views.name_list import NameCombo
from genstudio.ui.data_views.roles import with_kind, with_structure
from genstudio.ui.focused_combo import FocusedCombo
from genstudio.ui.session_model import SessionModel

_KINDS = {"table": "independent", "sequences": "sequences"}


class SequenceFields(QObject):
    """Editors of what makes sequences of rows, wherever they stand; they change the recipe.

    Arguments:
        prefix: object names start with it.
    """

    def __init__(self, model: SessionModel, prefix: str, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._model = model
        self.kind = _kind_combo(f"{prefix}.kind")
        self.sequence = NameCombo(
            f"{prefix}.sequence", "Sequence", "The column that says to which sequence a row belongs",
            nothing="one sequence", why_not="",
        )
        self.time = NameCombo(
            f"{prefix}.time", "Time", "The column by whose values the rows of a sequence are ordered",
            nothing="order of the rows", why_not="Words are no times",
        )
        self.split = NameCombo(
            f"{prefix}.split", "Split",
            "The column that says which rows train: the words train, valid and test, or a flag of those that train",
            nothing="by the shares", why_not="Text names no part",
        )
        self.kind.activated.connect(self._on_kind)
        for field in ("sequence", "time", "split"):
            getattr(self, field).activated.connect(lambda _, field=field: self._on_column(field))
        model.data_changed.connect(self._on_data_changed)
        model.recipe_changed.connect(lambda section: self.refresh())
        self._on_data_changed()

    def refresh(self) -> None:
        """Show the preparation of the recipe."""
        table, data = self._model.table, self._model.data
        preparation = self._model.recipe.data.preparation
        sequential = data is not None and data.kind is Kind.SEQUENCES
        self.kind.setCurrentIndex(list(_KINDS).index("sequences" if sequential else "table"))
        self.kind.setEnabled(table is not None)
        self.sequence.choose(preparation.sequence)
        self.time.choose(preparation.time)
        if table is not None:
            self.split.choose(table.split if preparation.split is None else preparation.split or None)

    def _on_data_changed(self) -> None:
        table = self._model.table
        read = isinstance(table, Sequences)
        self.sequence.name_nothing("as they were read" if read else "one sequence")
        self.time.name_nothing("as they were read" if read else "order of the rows")
        for combo in (self.sequence, self.time, self.split):
            combo.show_columns(() if table is None else table.columns)
        self.refresh()

    def _on_kind(self, place: int) -> None:
        table, data = self._model.table, self._model.data
        wished = list(_KINDS)[place]
        if table is None or data is None or wished == ("sequences" if data.kind is Kind.SEQUENCES else "table"):
            return
        self._model.edit_preparation(**with_kind(table, self._model.recipe.data.preparation, wished))

    def _on_column(self, field: str) -> None:
        table, preparation = self._model.table, self._model.recipe.data.preparation
        combo: NameCombo = getattr(self, field)
        changes = {} if table is None else with_structure(table, preparation, field, combo.chosen)
        if any(getattr(preparation, name) != value for name, value in changes.items()):
            self._model.edit_preparation(**changes)


def _kind_combo(name: str) -> FocusedCombo:
    combo = FocusedCombo()
    combo.setObjectName(name)
    combo.setAccessibleName("What the rows are")
    combo.setToolTip("Whether rows are independent of each other, or follow each other in time")
    combo.addItems(list(_KINDS.values()))
    return combo
