"""Which model, and its settings."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel

from genstudio.ui.cards.card import Card
from genstudio.ui.session_model import SessionModel
from genstudio.ui.theme import Theme


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
        model.data_changed.connect(self._on_data_changed)

    def refresh(self) -> None:
        """Show the model section of the recipe."""
        recipe = self.model.recipe
        family = self.model.families[recipe.model.name]
        self.choice.setCurrentIndex(self.choice.findData(recipe.model.name))
        if not self.shows(family.Settings):
            self.show_presets(family.info.presets)
        of = "" if self.model.data is None else str(self.model.data.kind)
        self.show_form(family.Settings, "family", of).set_values(dict(recipe.model.settings))
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

    def _on_data_changed(self) -> None:
        if self.model.models is not None:
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
