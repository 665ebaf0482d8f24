"""Which data: a source with its options, or an opened file."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QPushButton

from genstudio.data.source import sources
from genstudio.ui.cards.card import Card
from genstudio.ui.icons import bind_icon
from genstudio.ui.session_model import SessionModel
from genstudio.ui.theme import Theme

FILE = "\0file"
"""Stands for an opened file in the list of sources."""

_GROUPS = {"Toy densities": 0, "Textbook examples": 1, "Real data": 2, "Pictures": 3}


class DataCard(Card):
    """Which data."""

    def __init__(self, model: SessionModel, theme: Theme) -> None:
        super().__init__(model, theme, "source", "Data")
        self._known = sources()
        self._fill()
        self.open = self._button("source.open", "Open…", "open", "Open a file: a table, or pictures as IDX, NPZ or zip "
                                 "(Ctrl+O)")
        self.folder = self._button("source.folder", "Folder…", "folder", "Open a folder of pictures, whose sub-folders "
                                   "are the classes (Ctrl+Shift+O)")
        self.draw = self._button("source.draw", "Draw…", "brush", "Draw data with the mouse")
        row = QHBoxLayout()
        row.setSpacing(4)
        for button in (self.open, self.folder, self.draw):
            row.addWidget(button)
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
        if not self.shows(kind.Settings):
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
