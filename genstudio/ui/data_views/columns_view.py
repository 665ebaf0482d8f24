"""Which columns there are, and what is done with each."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QTableView, QWidget

from genstudio.errors import DataError
from genstudio.ui.data_views.column_delegates import RoleDelegate, SparklineDelegate
from genstudio.ui.data_views.column_model import ColumnModel, Field
from genstudio.ui.data_views.column_summaries import ColumnSummaries
from genstudio.ui.data_views.preparation_card import PreparationCard
from genstudio.ui.data_views.roles import label_name, learned_names, order_roles, with_role
from genstudio.ui.data_views.space_key import SpaceKey
from genstudio.ui.plain_table import find_line, plain_list, quiet_button, set_beside
from genstudio.ui.session_model import SessionModel
from genstudio.ui.theme import Theme

_WIDTHS_PX = {
    Field.NAME: 132, Field.SHAPE: 92, Field.TYPE: 76, Field.MISSING: 100, Field.ROLE: 80, Field.RANGE: 180,
}


class ColumnsView(QWidget):
    """The table of columns, and the preparation beside it."""

    def __init__(self, model: SessionModel, theme: Theme) -> None:
        super().__init__()
        self._model = model
        self.columns = ColumnModel(ColumnSummaries(model.pump, self), self)
        self.table = self._make_table(theme)
        self.filter = find_line("data.filter", "columns", "Show only the columns whose names hold this text")
        self.all = quiet_button(
            theme, "data.all", "reset", "All numeric", "Learn from every numeric column but the label"
        )
        self.all.setAccessibleName("Learn from all numeric columns")
        self.preparation = PreparationCard(model, theme)
        set_beside(self, (self.filter, self.all), self.table, self.preparation)
        self.columns.role_wished.connect(self._on_role_wished)
        self.filter.textChanged.connect(self.columns.set_filter)
        self.all.clicked.connect(lambda: model.edit_preparation(columns=None))
        model.data_changed.connect(self.refresh)
        model.recipe_changed.connect(lambda section: self.refresh())
        self.refresh()

    def refresh(self) -> None:
        """Show the columns of the table, and their roles in the recipe."""
        table, preparation = self._model.table, self._model.recipe.data.preparation
        self.columns.show_table(table)
        label = None if table is None else label_name(table, preparation)
        order = {} if table is None else order_roles(table, preparation)
        self.columns.show_roles(learned_names(preparation, self._model.data), label, order)
        self.all.setEnabled(preparation.columns is not None)

    def _toggle_current(self) -> None:
        place = self.table.currentIndex().siblingAtColumn(Field.NAME)
        if place.isValid() and place.flags() & Qt.ItemFlag.ItemIsUserCheckable:
            learned = self.columns.role_of(self.columns.column(place.row())) == "learn"
            state = Qt.CheckState.Unchecked if learned else Qt.CheckState.Checked
            self.columns.setData(place, state, Qt.ItemDataRole.CheckStateRole)

    def _on_role_wished(self, name: str, role: str) -> None:
        table, preparation = self._model.table, self._model.recipe.data.preparation
        if table is None:
            return
        changes = with_role(table, preparation, learned_names(preparation, self._model.data), name, role)
        if changes["columns"]:
            self._model.edit_preparation(**changes)
        else:
            remedy = "Check another column before this one is left out."
            self._model.messages.show_error(DataError("At least one column must be learned from.", remedy))

    def _make_table(self, theme: Theme) -> QTableView:
        table = plain_list(self.columns, "data.table", "Columns of the data")
        table.setItemDelegateForColumn(Field.SHAPE, SparklineDelegate(theme, table))
        table.setItemDelegateForColumn(Field.ROLE, RoleDelegate(table))
        header = table.horizontalHeader()
        header.setStretchLastSection(True)
        for field, width in _WIDTHS_PX.items():
            header.resizeSection(field, width)
        theme.changed.connect(table.viewport().update)
        SpaceKey(table, self._toggle_current)
        return table
