"""How data are prepared: label, scaling, missing rows, split and seed; of pictures only what concerns them."""

from __future__ import annotations

import copy
from collections.abc import Sequence
from typing import Any

import pydantic
from PySide6.QtWidgets import QFormLayout, QGridLayout, QLabel, QWidget

from genstudio.data.dataset import Labels
from genstudio.data.preparation import PreparationSettings
from genstudio.settings import Settings, setting
from genstudio.ui.data_views.cells import shortened
from genstudio.ui.data_views.name_list import NameCombo
from genstudio.ui.data_views.roles import label_name, learned_names, with_label
from genstudio.ui.data_views.scrolled_card import ScrolledCard
from genstudio.ui.data_views.sequence_fields import SequenceFields
from genstudio.ui.focused_combo import FocusedCombo
from genstudio.ui.form import Form
from genstudio.ui.session_model import SessionModel
from genstudio.ui.theme import Theme

_MOST_LEVELS = 200
# So that the editors of all rows begin and end alike.
_LABEL_PX = 100
_MARKS_PX = 32
_OF_PICTURES = ("balance", "normal_only", "valid", "test")


class SplitSettings(Settings):
    """What decides which rows are held out."""

    seed: int = setting(42, "Draws and splits the data; the same seed gives the same rows.", ge=0, lt=2**32)


class BasicCard(ScrolledCard):
    """Which word of the label marks anomalies, the settings of a preparation, and the seed.

    Arguments:
        settings: those of `PreparationSettings` that are shown.
        prefix: object names start with it.
        rows: titles and editors that stand above all.
    """

    def __init__(
        self, model: SessionModel, theme: Theme, settings: type[Settings], prefix: str,
        rows: Sequence[tuple[str, QWidget]] = (),
    ) -> None:
        super().__init__(f"{prefix}.preparation", "Preparation")
        self._model = model
        self.anomalous = _AnomalousCombo(f"{prefix}.anomalous")
        self.form = Form(settings, theme, prefix)
        self.split = Form(SplitSettings, theme, prefix)
        self.column.addLayout(_rows([*rows, ("Anomalous", self.anomalous)]))
        for form in (self.form, self.split):
            _align_labels(form)
            self.column.addWidget(form)
        self.anomalous.activated.connect(self._on_anomalous_chosen)
        self.form.changed.connect(lambda name, value: model.edit_preparation(**{name: value}))
        self.split.changed.connect(lambda name, value: self._change_seed(value))

    def refresh(self) -> None:
        """Show the preparation of the recipe."""
        preparation = self._model.recipe.data.preparation
        self.form.set_values(preparation.model_dump(exclude={"columns"}))
        self.split.set_values({"seed": self._model.recipe.data_seed})
        labels = None if self._model.data is None else self._model.data.labels
        self.anomalous.show_levels(labels, preparation.anomalous)
        self.form.set_enabled_names([name for name in self.form.values() if _possible(name, labels, preparation)])

    def _on_anomalous_chosen(self) -> None:
        self._model.edit_preparation(anomalous=self.anomalous.currentData())

    def _change_seed(self, seed: int) -> None:
        data = self._model.recipe.data
        if data.seed is None:
            self._model.edit_seed(seed)
        else:
            self._model.edit_data(data.model_copy(update={"seed": seed}), "Change seed")


class PreparationCard(BasicCard):
    """Edits the preparation of a table."""

    def __init__(self, model: SessionModel, theme: Theme) -> None:
        label = NameCombo(
            "data.label", "Label", "The column that names a class or marks anomalies; it is never learned from",
            nothing="none", why_not="Text cannot be a label",
        )
        order = SequenceFields(model, "data")
        rows = [("Rows are", order.kind), ("Sequence", order.sequence), ("Time", order.time), ("Label", label),
                ("Split", order.split)]
        super().__init__(model, theme, PreparationSettings, "data", rows)
        order.setParent(self)
        self.label = label
        self.label.activated.connect(self._on_label_chosen)
        model.data_changed.connect(self._on_data_changed)
        model.recipe_changed.connect(lambda section: self.refresh())
        self._on_data_changed()

    def refresh(self) -> None:
        """Show the preparation of the recipe."""
        super().refresh()
        table = self._model.table
        self.label.choose(None if table is None else label_name(table, self._model.recipe.data.preparation))

    def _on_data_changed(self) -> None:
        table = self._model.table
        self.label.show_columns(() if table is None else table.columns)
        self.refresh()

    def _on_label_chosen(self) -> None:
        table, preparation = self._model.table, self._model.recipe.data.preparation
        if table is not None and self.label.chosen != label_name(table, preparation):
            learned = learned_names(preparation, self._model.data)
            self._model.edit_preparation(**with_label(table, preparation, learned, self.label.chosen))


class PicturePreparationCard(BasicCard):
    """Edits the preparation of pictures."""

    def __init__(self, model: SessionModel, theme: Theme) -> None:
        super().__init__(model, theme, _picture_settings(), "data.pictures")
        model.data_changed.connect(self.refresh)
        model.recipe_changed.connect(lambda section: self.refresh())
        self.refresh()


class _AnomalousCombo(FocusedCombo):
    def __init__(self, name: str) -> None:
        super().__init__()
        self.setObjectName(name)
        self.setAccessibleName("Anomalous value of the label")
        self.setToolTip("Which word of the label marks an anomaly; auto guesses from words such as outlier")

    def show_levels(self, labels: Labels | None, chosen: str | None) -> None:
        """Offer the words of a label, and say which one was guessed where none is chosen."""
        levels = () if labels is None else labels.levels[:_MOST_LEVELS]
        guessed = None if labels is None or labels.anomalous is None else labels.levels[labels.anomalous]
        self.clear()
        self.addItem(f"auto ({shortened(guessed, 20)})" if guessed and chosen is None else "auto", None)
        for level in levels:
            self.addItem(shortened(level, 60), level)
        self.setCurrentIndex(max(0, self.findData(chosen)))
        self.setEnabled(len(levels) > 1)


def _rows(editors: Sequence[tuple[str, QWidget]]) -> QFormLayout:
    rows = QFormLayout()
    rows.setContentsMargins(0, 0, _MARKS_PX, 0)
    rows.setHorizontalSpacing(4)
    for title, editor in editors:
        label = QLabel(title)
        label.setMinimumWidth(_LABEL_PX)
        label.setBuddy(editor)
        rows.addRow(label, editor)
    return rows


def _possible(name: str, labels: Labels | None, preparation: PreparationSettings) -> bool:
    """Whether a setting can be changed with these labels; what is set already can always be taken back."""
    if name == "normal_only":
        return (labels is not None and labels.anomalous is not None) or preparation.normal_only
    return name != "balance" or labels is not None or preparation.balance


def _picture_settings() -> type[Settings]:
    """What concerns pictures among the settings of a preparation, in words that fit them."""
    fields: dict[str, Any] = {}
    for name in _OF_PICTURES:
        field = copy.copy(PreparationSettings.model_fields[name])
        field.description = (field.description or "").replace("rows", "pictures").replace("items", "pictures")
        fields[name] = (field.annotation, field)
    return pydantic.create_model("PicturePreparationSettings", __base__=Settings, **fields)


def _align_labels(form: Form) -> None:
    grid = form.layout()
    if isinstance(grid, QGridLayout):
        grid.setColumnMinimumWidth(0, _LABEL_PX)
