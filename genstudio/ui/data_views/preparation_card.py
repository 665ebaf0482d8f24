"""How the table is prepared: label, scaling, missing rows, split and seed."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFormLayout, QFrame, QGridLayout, QLabel, QScrollArea, QVBoxLayout, QWidget

from genstudio.data.preparation import PreparationSettings
from genstudio.settings import Settings, setting
from genstudio.ui.data_views.cells import shortened
from genstudio.ui.data_views.name_list import NameCombo
from genstudio.ui.data_views.roles import label_name, learned_names, with_label
from genstudio.ui.fields import FocusedCombo
from genstudio.ui.form import Form
from genstudio.ui.session_model import SessionModel
from genstudio.ui.theme import Theme

CARD_WIDTH_PX = 300
_MOST_LEVELS = 200
# So that the editors of all rows begin and end alike.
_LABEL_PX = 100
_MARKS_PX = 32


class SplitSettings(Settings):
    """What decides which rows are held out."""

    seed: int = setting(42, "Draws and splits the data; the same seed gives the same rows.", ge=0, lt=2**32)


class PreparationCard(QScrollArea):
    """Edits the preparation of the recipe."""

    def __init__(self, model: SessionModel, theme: Theme) -> None:
        super().__init__()
        self.setObjectName("data.preparation")
        self.setAccessibleName("Preparation")
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFixedWidth(CARD_WIDTH_PX)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._model = model
        self.label = NameCombo(
            "data.label", "Label", "The column that names a class or marks anomalies; it is never learned from",
            nothing="none", why_not="Text cannot be a label",
        )
        self.anomalous = FocusedCombo()
        self.anomalous.setObjectName("data.anomalous")
        self.anomalous.setAccessibleName("Anomalous value of the label")
        self.anomalous.setToolTip("Which word of the label marks an anomaly; auto guesses from words such as outlier")
        self.form = Form(PreparationSettings, theme, "data")
        self.split = Form(SplitSettings, theme, "data")
        self._arrange()
        self.label.activated.connect(self._on_label_chosen)
        self.anomalous.activated.connect(self._on_anomalous_chosen)
        self.form.changed.connect(lambda name, value: model.edit_preparation(**{name: value}))
        self.split.changed.connect(lambda name, value: self._change_seed(value))
        model.data_changed.connect(self._on_data_changed)
        model.recipe_changed.connect(lambda section: self.refresh())
        self._on_data_changed()

    def refresh(self) -> None:
        """Show the preparation of the recipe."""
        preparation, table = self._model.recipe.data.preparation, self._model.table
        self.form.set_values(preparation.model_dump(exclude={"columns"}))
        self.split.set_values({"seed": self._model.recipe.data_seed})
        self.label.choose(None if table is None else label_name(table, preparation))
        self._show_levels(preparation.anomalous)

    def _on_data_changed(self) -> None:
        table = self._model.table
        self.label.show_columns(() if table is None else table.columns)
        self.refresh()

    def _show_levels(self, chosen: str | None) -> None:
        labels = None if self._model.data is None else self._model.data.labels
        levels = () if labels is None else labels.levels[:_MOST_LEVELS]
        guessed = None if labels is None or labels.anomalous is None else labels.levels[labels.anomalous]
        self.anomalous.clear()
        self.anomalous.addItem(f"auto ({shortened(guessed, 20)})" if guessed and chosen is None else "auto", None)
        for level in levels:
            self.anomalous.addItem(shortened(level, 60), level)
        self.anomalous.setCurrentIndex(max(0, self.anomalous.findData(chosen)))
        self.anomalous.setEnabled(len(levels) > 1)
        names = [name for name in self.form.values() if name != "normal_only" or guessed is not None]
        self.form.set_enabled_names(names)

    def _on_label_chosen(self) -> None:
        table, preparation = self._model.table, self._model.recipe.data.preparation
        if table is not None and self.label.chosen != label_name(table, preparation):
            learned = learned_names(preparation, self._model.data)
            self._model.edit_preparation(**with_label(table, preparation, learned, self.label.chosen))

    def _on_anomalous_chosen(self) -> None:
        self._model.edit_preparation(anomalous=self.anomalous.currentData())

    def _change_seed(self, seed: int) -> None:
        data = self._model.recipe.data
        if data.seed is None:
            self._model.edit_seed(seed)
        else:
            self._model.edit_data(data.model_copy(update={"seed": seed}), "Change seed")

    def _arrange(self) -> None:
        card = QFrame()
        card.setProperty("role", "card")
        column = QVBoxLayout(card)
        column.setContentsMargins(12, 10, 8, 10)
        column.setSpacing(6)
        rows = QFormLayout()
        rows.setContentsMargins(0, 0, _MARKS_PX, 0)
        rows.setHorizontalSpacing(4)
        for title, editor in (("Label", self.label), ("Anomalous", self.anomalous)):
            label = QLabel(title)
            label.setMinimumWidth(_LABEL_PX)
            label.setBuddy(editor)
            rows.addRow(label, editor)
        column.addLayout(rows)
        for form in (self.form, self.split):
            _align_labels(form)
        column.addWidget(self.form)
        column.addWidget(self.split)
        page = QWidget()
        page.setProperty("role", "page")
        outer = QVBoxLayout(page)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(card)
        outer.addStretch(1)
        self.setWidget(page)


def _align_labels(form: Form) -> None:
    grid = form.layout()
    if isinstance(grid, QGridLayout):
        grid.setColumnMinimumWidth(0, _LABEL_PX)
