"""The left dock: data, model and training of the recipe being edited, in the order of work."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import (
    QComboBox,
    QFrame,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from genstudio.data.source import sources
from genstudio.runs.recipe import Recipe, TrainingRecipe
from genstudio.settings import Settings, setting
from genstudio.ui.drops import leave_drops_to_window
from genstudio.ui.form import Form
from genstudio.ui.icons import bind_icon
from genstudio.ui.session_model import SessionModel
from genstudio.ui.theme import Theme

FILE = "\0file"
"""Stands for an opened file in the list of sources."""


class SeedAndLimits(Settings):
    """The training card: what decides a result beside data and model."""

    seed: int = setting(42, "The same recipe with the same seed gives the same numbers.", ge=0, lt=2**32)
    steps: int | None = setting(None, "Training ends at this step at the latest.", ge=1, le=10**9)
    seconds: float | None = setting(None, "Training ends after this time at the latest.", gt=0, le=10**7, unit="s")


class Experiment(QWidget):
    """Edits the recipe.

    Signals:
        draw_requested: the person wants to draw data.
        open_requested: the person wants to open a file.
    """

    draw_requested = Signal()
    open_requested = Signal()

    def __init__(self, model: SessionModel, theme: Theme, train: QAction) -> None:
        super().__init__()
        self.setObjectName("experiment")
        self._model = model
        self.data = DataCard(model, theme)
        self.family = ModelCard(model, theme)
        self.training = TrainingCard(model, theme)
        self._page = self._cards()
        self._scroll = QScrollArea()
        self._scroll.setWidgetResizable(True)
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._scroll.setWidget(self._page)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._scroll, 1)
        # Below the scrolled part: the one bright button is always in sight.
        layout.addLayout(self._buttons(theme, train))
        for card in (self.data, self.family):
            card.form_replaced.connect(self.updateGeometry, Qt.ConnectionType.QueuedConnection)
        self.data.open.clicked.connect(self.open_requested)
        self.data.draw.clicked.connect(self.draw_requested)

    def minimumSizeHint(self) -> QSize:
        """As wide as the widest form and the scroll bar, so that nothing is cut."""
        bar = self._scroll.verticalScrollBar().sizeHint().width()
        return QSize(max(300, self._page.minimumSizeHint().width() + bar), 200)

    def sizeHint(self) -> QSize:
        """The same: a wider dock has no use."""
        return self.minimumSizeHint()

    def _cards(self) -> QWidget:
        page = QWidget()
        layout = QVBoxLayout(page)
        layout.setContentsMargins(10, 8, 10, 4)
        layout.setSpacing(6)
        for title, card in (("DATA", self.data), ("MODEL", self.family), ("TRAINING", self.training)):
            layout.addWidget(_heading(title))
            layout.addWidget(card)
        layout.addStretch(1)
        return page

    def _buttons(self, theme: Theme, train: QAction) -> QHBoxLayout:
        self.train = QPushButton(train.text())
        self.train.setObjectName("training.start")
        self.train.setProperty("role", "primary")
        self.train.setToolTip(train.toolTip())
        self.train.setMinimumHeight(34)
        bind_icon(self.train, theme, "play", "accent_text")
        self.train.clicked.connect(train.trigger)
        train.enabledChanged.connect(self._on_train_enabled)
        self.train.setEnabled(train.isEnabled())
        self.reset = QPushButton("Reset")
        self.reset.setObjectName("experiment.reset")
        self.reset.setToolTip("Back to the settings that the model recommends for these data")
        self.reset.clicked.connect(self._on_reset)
        for button in (self.train, self.reset):
            # A click leaves the focus where it was: space stays play and pause.
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        row = QHBoxLayout()
        row.setContentsMargins(10, 4, 10, 10)
        row.addWidget(self.train, 2)
        row.addWidget(self.reset, 1)
        return row

    def _on_train_enabled(self, enabled: bool) -> None:
        if self.train.hasFocus() and not enabled:
            # Qt would hand the focus to Reset, and the next press of space with it.
            self.train.clearFocus()
        self.train.setEnabled(enabled)

    def _on_reset(self) -> None:
        if self._model.models is not None:
            self._model.choose_model(self._model.recipe.model.name)


class Card(QFrame):
    """A framed group: a list to choose from, and the form of what was chosen.

    Signals:
        form_replaced: another form is shown, which may need another width.
    """

    form_replaced = Signal()

    def __init__(self, model: SessionModel, theme: Theme, key: str, title: str) -> None:
        super().__init__()
        self.setProperty("role", "card")
        self.model, self.theme, self.key = model, theme, key
        self.form: Form | None = None
        self._shown: object = None
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(12, 10, 12, 10)
        self.column.setSpacing(6)
        self.choice = QComboBox()
        self.choice.setObjectName(f"{key}.choice")
        self.choice.setAccessibleName(title)
        self.preset = QComboBox()
        self.preset.setObjectName(f"{key}.preset")
        self.preset.setAccessibleName(f"{title}: presets")
        self.preset.setToolTip("Settings that belong together")
        for combo in (self.choice, self.preset):
            combo.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
            combo.setMinimumContentsLength(14)
            self.column.addWidget(combo)
        self.choice.activated.connect(self._on_chosen)
        self.preset.activated.connect(self._on_preset)

    def show_form(self, kind: type[Settings], prefix: str) -> Form:
        """The form of a settings model; a new one only where the model is another."""
        if self.form is None or self._shown is not kind:
            former = self.form
            self.form, self._shown = Form(kind, self.theme, prefix), kind
            leave_drops_to_window(self.form)
            self.form.changed.connect(self.on_changed)
            if former is not None:
                self.column.replaceWidget(former, self.form)
                former.hide()
                former.deleteLater()
            else:
                self.column.insertWidget(2, self.form)
            self.form_replaced.emit()
        return self.form

    def show_presets(self, presets: Mapping[str, Mapping[str, Any]]) -> None:
        """The list of presets; hidden where there are none."""
        self.preset.clear()
        self.preset.addItem("Presets…")
        self.preset.addItems(list(presets))
        self.preset.setVisible(bool(presets))

    def on_changed(self, name: str, value: object) -> None:
        """A value of the form was changed by the person."""

    def _on_chosen(self, index: int) -> None:
        """Another entry of the list was chosen."""

    def _on_preset(self, index: int) -> None:
        """A preset was chosen."""


class DataCard(Card):
    """Which data."""

    def __init__(self, model: SessionModel, theme: Theme) -> None:
        super().__init__(model, theme, "source", "Data")
        self._known = sources()
        self._fill()
        self.open = self._button("source.open", "Open…", "open", "Open a file: CSV, Parquet, Excel, NPY, NPZ (Ctrl+O)")
        self.draw = self._button("source.draw", "Draw…", "brush", "Draw data with the mouse")
        row = QHBoxLayout()
        row.addWidget(self.open)
        row.addWidget(self.draw)
        self.column.addLayout(row)
        model.recipe_changed.connect(self._on_recipe_changed)
        self.refresh()

    def refresh(self) -> None:
        """Show the data section of the recipe."""
        data = self.model.recipe.data
        if data.source is None:
            self._show_file(Path(str(data.path)).name)
            return
        self._remove_file()
        kind = self._known[data.source]
        self.choice.setCurrentIndex(self.choice.findData(data.source))
        self.choice.setToolTip(kind.info.summary)
        if self._shown is not kind.Settings:
            self.show_presets(kind.info.presets)
        form = self.show_form(kind.Settings, "source")
        form.setVisible(True)
        form.set_values(dict(data.options))

    def on_changed(self, name: str, value: object) -> None:
        """Draw other data."""
        self.model.edit_option(name, value)

    def _fill(self) -> None:
        group = ""
        for key, kind in sorted(self._known.items(), key=lambda item: _GROUPS.get(item[1].info.group, 9)):
            if group and kind.info.group != group:
                self.choice.insertSeparator(self.choice.count())
            group = kind.info.group
            self.choice.addItem(kind.info.title, key)
            self.choice.setItemData(self.choice.count() - 1, kind.info.summary, Qt.ItemDataRole.ToolTipRole)

    def _show_file(self, name: str) -> None:
        self._remove_file()
        self.choice.insertItem(0, name, FILE)
        self.choice.setCurrentIndex(0)
        self.show_presets({})
        self._shown = None
        if self.form is not None:
            self.form.setVisible(False)

    def _remove_file(self) -> None:
        place = self.choice.findData(FILE)
        if place >= 0:
            self.choice.removeItem(place)

    def _on_chosen(self, index: int) -> None:
        key = self.choice.itemData(index)
        if key == "drawing":
            self.draw.click()
            self.refresh()
        elif key not in (None, FILE):
            self.model.choose_source(key)

    def _on_preset(self, index: int) -> None:
        key = self.model.recipe.data.source
        if index > 0 and key is not None:
            self.model.choose_source(key, **self._known[key].info.presets[self.preset.itemText(index)])
        self.preset.setCurrentIndex(0)

    def _on_recipe_changed(self, section: str) -> None:
        if section in ("data", "all"):
            self.refresh()

    def _button(self, name: str, text: str, symbol: str, tip: str) -> QPushButton:
        button = QPushButton(text)
        button.setObjectName(name)
        button.setToolTip(tip)
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        bind_icon(button, self.theme, symbol)
        return button


_GROUPS = {"Toy densities": 0, "Textbook examples": 1, "Real data": 2}


class ModelCard(Card):
    """Which model, with its settings."""

    def __init__(self, model: SessionModel, theme: Theme) -> None:
        super().__init__(model, theme, "family", "Model")
        self.choice.addItem("Getting ready…")
        self.choice.setEnabled(False)
        self.preset.setVisible(False)
        self.why = QLabel()
        self.why.setObjectName("family.why")
        self.why.setProperty("role", "muted")
        self.why.setTextFormat(Qt.TextFormat.PlainText)
        self.why.setWordWrap(True)
        self.column.addWidget(self.why)
        model.ready_changed.connect(self._on_ready)
        model.recipe_changed.connect(self._on_recipe_changed)
        model.data_changed.connect(self._refresh_why)

    def refresh(self) -> None:
        """Show the model section of the recipe."""
        recipe = self.model.recipe
        family = self.model.families[recipe.model.name]
        self.choice.setCurrentIndex(self.choice.findData(recipe.model.name))
        if self._shown is not family.Settings:
            self.show_presets(family.info.presets)
        self.show_form(family.Settings, "family").set_values(dict(recipe.model.settings))
        self._refresh_why()

    def on_changed(self, name: str, value: object) -> None:
        """Change a setting; a live one also in the run that learns."""
        self.model.edit_settings(**{name: value})

    def _on_ready(self) -> None:
        self.choice.clear()
        for key, family in self.model.families.items():
            self.choice.addItem(family.info.title, key)
            self.choice.setItemData(self.choice.count() - 1, family.info.summary, Qt.ItemDataRole.ToolTipRole)
        self.choice.setEnabled(True)
        self.refresh()

    def _on_recipe_changed(self, section: str) -> None:
        if section in ("model", "all") and self.model.models is not None:
            self.refresh()

    def _on_chosen(self, index: int) -> None:
        self.model.choose_model(self.choice.itemData(index))

    def _on_preset(self, index: int) -> None:
        family = self.model.families[self.model.recipe.model.name]
        if index > 0:
            self.model.edit_settings(**family.info.presets[self.preset.itemText(index)])
        self.preset.setCurrentIndex(0)

    def _refresh_why(self) -> None:
        if self.model.models is None or self.model.data is None:
            return
        family = self.model.families[self.model.recipe.model.name]
        reason = family.unsuitable(self.model.data)
        self.why.setText(reason or family.info.summary)
        self.why.setProperty("role", "problem" if reason else "muted")
        self.why.style().unpolish(self.why)
        self.why.style().polish(self.why)


class TrainingCard(QFrame):
    """Seed and limits."""

    def __init__(self, model: SessionModel, theme: Theme) -> None:
        super().__init__()
        self.setProperty("role", "card")
        self._model = model
        self.form = Form(SeedAndLimits, theme, "training")
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 10, 12, 10)
        column.addWidget(self.form)
        self.form.changed.connect(self._on_changed)
        model.recipe_changed.connect(lambda section: self.refresh(model.recipe))
        self.refresh(model.recipe)

    def refresh(self, recipe: Recipe) -> None:
        """Show the seed and the limits of the recipe."""
        limits = recipe.training
        self.form.set_values({"seed": recipe.seed, "steps": limits.steps, "seconds": limits.seconds})

    def _on_changed(self, name: str, value: Any) -> None:
        if name == "seed":
            self._model.edit_seed(value)
        else:
            limits = {**self._model.recipe.training.model_dump(), name: value}
            self._model.edit_training(TrainingRecipe(**limits))


def _heading(text: str) -> QLabel:
    label = QLabel(text)
    label.setProperty("role", "heading")
    return label
