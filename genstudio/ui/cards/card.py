"""What the cards of data and model share: a list to choose from, presets, and a form."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QFrame, QVBoxLayout

from genstudio.settings import Settings
from genstudio.ui.drops import leave_drops_to_window
from genstudio.ui.form import Form
from genstudio.ui.session_model import SessionModel
from genstudio.ui.theme import Theme


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
        self._shown: tuple[type[Settings], str] | None = None
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

    def shows(self, kind: type[Settings]) -> bool:
        """Whether the form is that of a settings model."""
        return self._shown is not None and self._shown[0] is kind

    def show_form(self, kind: type[Settings], prefix: str, of: str = "") -> Form:
        """The form of a settings model for a kind of data; a new one only where either is another."""
        if self.form is None or self._shown != (kind, of):
            former = self.form
            self.form, self._shown = Form(kind, self.theme, prefix, of=of), (kind, of)
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
