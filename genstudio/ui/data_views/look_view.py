"""A look at the data: two columns, all pairs, or principal components."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QStackedWidget, QVBoxLayout, QWidget

from genstudio.data.glance import Glance, glance_columns, glance_components
from genstudio.data.reader import Watch
from genstudio.data.table import ColumnType, Table
from genstudio.errors import GenStudioError
from genstudio.ui.data_views.cells import shortened
from genstudio.ui.data_views.name_list import NameCombo
from genstudio.ui.data_views.roles import label_name, learned_names
from genstudio.ui.focused_combo import FocusedCombo
from genstudio.ui.plots.pairs import COLUMNS_AT_MOST, Pairs
from genstudio.ui.plots.stage import Stage
from genstudio.ui.session_model import SessionModel
from genstudio.ui.theme import Theme

_KEY = "data.look"
_MODES = {"pair": "Two columns", "pairs": "All pairs", "components": "PCA"}


class LookView(QWidget):
    """Draws what is chosen; points are gathered in the background, and only while somebody looks."""

    def __init__(self, model: SessionModel, theme: Theme) -> None:
        super().__init__()
        self._model = model
        self._stale = True
        self._table: Table | None = None
        self.mode = FocusedCombo()
        self.mode.setObjectName("data.look.mode")
        self.mode.setAccessibleName("What is shown")
        self.mode.setToolTip("Two columns, all pairs of columns, or the two directions of greatest variance")
        for key, title in _MODES.items():
            self.mode.addItem(title, key)
        self.across, self.up = _axis_combo("x"), _axis_combo("y")
        self.sentence = QLabel()
        self.sentence.setObjectName("data.look.sentence")
        self.sentence.setProperty("role", "muted")
        self.sentence.setTextFormat(Qt.TextFormat.PlainText)
        self.sentence.setWordWrap(True)
        self.sentence.setFixedHeight(2 * self.sentence.fontMetrics().lineSpacing() + 4)
        self.stage = Stage(theme, "data.stage")
        self.stage.offer_layers([])
        self.pairs = Pairs(theme, "data.pairs")
        self._pictures = QStackedWidget()
        self._arrange()
        self._connect()
        self._on_data_changed()

    def showEvent(self, event: QShowEvent) -> None:
        """Somebody looks."""
        super().showEvent(event)
        self._look()

    def _connect(self) -> None:
        for combo in (self.mode, self.across, self.up):
            combo.activated.connect(self._on_chosen)
        self.pairs.pair_chosen.connect(self._on_pair_chosen)
        for picture in (self.stage, self.pairs):
            picture.export_failed.connect(self._model.messages.show_error)
        self._model.data_changed.connect(self._on_data_changed)

    def _on_data_changed(self) -> None:
        table = self._model.table
        if table is not self._table:
            self._table = table
            columns = () if table is None else table.columns
            self.across.show_columns(columns)
            self.up.show_columns(columns)
            self._choose_first()
        self._on_chosen()

    def _choose_first(self) -> None:
        """The columns chosen stay where they are still there; else the first two that are learned from."""
        names = self._learned()
        if self.across.chosen is None and self.up.chosen is None and names:
            self.across.choose(names[0] if len(names) > 1 else None)
            self.up.choose(names[1] if len(names) > 1 else names[0])

    def _learned(self) -> tuple[str, ...]:
        return learned_names(self._model.recipe.data.preparation, self._model.data)

    def _on_chosen(self, index: int = 0) -> None:
        pair = self.mode.currentData() == "pair"
        self.across.setEnabled(pair)
        self.up.setEnabled(pair)
        self._stale = True
        self._look()

    def _on_pair_chosen(self, x: int, y: int) -> None:
        names = self._learned()
        self.mode.setCurrentIndex(0)
        self.across.choose(names[x])
        self.up.choose(names[y])
        self._on_chosen()

    def _look(self) -> None:
        table, data = self._model.table, self._model.data
        if not self._stale or not self.isVisible() or table is None or data is None:
            return
        self._stale = False
        label = label_name(table, self._model.recipe.data.preparation)
        mode = str(self.mode.currentData())
        names = data.preparation.names[:COLUMNS_AT_MOST] if mode == "pairs" else self._pair()

        def work(watch: Watch) -> Glance:
            if mode == "components":
                return glance_components(table, data, label, watch)
            return glance_columns(table, names, label, watch)

        self._model.pump.run(_KEY, work, partial(self._show, mode), self._on_failed)

    def _pair(self) -> tuple[str, ...]:
        names = tuple(name for name in (self.across.chosen, self.up.chosen) if name is not None)
        return names or self._learned()[:2]

    def _show(self, mode: str, glance: Glance) -> None:
        if mode == "pairs":
            self.pairs.set_columns(glance.names, glance.points, glance.classes)
            self._pictures.setCurrentWidget(self.pairs)
        else:
            self.stage.set_points(glance.points[:, :2], glance.classes, [shortened(w, 24) for w in glance.levels])
            self.stage.set_labels(shortened(glance.names[0], 60), shortened(glance.names[1], 60))
            self.stage.fit_view()
            self._pictures.setCurrentWidget(self.stage)
        self.sentence.setText(" ".join(part for part in (glance.sentence, self._left_out(mode)) if part))

    def _left_out(self, mode: str) -> str:
        table, learned = self._model.table, self._learned()
        if mode == "pairs" and len(learned) > COLUMNS_AT_MOST:
            return f"The first {COLUMNS_AT_MOST} of {len(learned):,} columns; choose two to see others."
        texts = [] if table is None else [c.name for c in table.columns if c.type is ColumnType.TEXT]
        shown = ", ".join(shortened(name, 30) for name in texts[:3]) + (" …" if len(texts) > 3 else "")
        return f"Text cannot be plotted: {shown}." if texts else ""

    def _on_failed(self, error: BaseException) -> None:
        if isinstance(error, GenStudioError):
            self.stage.clear()
            self._pictures.setCurrentWidget(self.stage)
            self.sentence.setText(str(error))
        else:
            self._model.pump.failed.emit(error)

    def _arrange(self) -> None:
        self._pictures.addWidget(self.stage)
        self._pictures.addWidget(self.pairs)
        above = QHBoxLayout()
        above.setSpacing(8)
        above.addWidget(self.mode, 2)
        above.addWidget(self.up, 3)
        against = QLabel("against")
        against.setProperty("role", "muted")
        above.addWidget(against)
        above.addWidget(self.across, 3)
        above.addStretch(1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(6)
        layout.addLayout(above)
        layout.addWidget(self._pictures, 1)
        layout.addWidget(self.sentence)


def _axis_combo(axis: str) -> NameCombo:
    title = f"Column along {axis}"
    return NameCombo(f"data.look.{axis}", title, title, nothing="row number", why_not="Text cannot be plotted")
