"""A line of numbers that are typed: labels, editors, and what is wrong with what was typed."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QWidget

from genstudio.settings import SettingInfo, Settings, describe
from genstudio.ui.fields import Field, TypedField
from genstudio.ui.number_edit import NumberEdit
from genstudio.ui.plain_table import plain_label

EDITOR_PX = 84


class NumberRow(QWidget):
    """The settings of a class whose fields are all numbers.

    Arguments:
        prefix: editors are named `<prefix>.<setting>`, the sentence `<prefix>.problem`.

    Signals:
        changed: another number was typed.
    """

    changed = Signal()

    def __init__(self, kind: type[Settings], prefix: str) -> None:
        super().__init__()
        self.fields = {info.name: _field(info, prefix) for info in describe(kind)}
        self.problem = plain_label(f"{prefix}.problem", "problem", "What is wrong with what was typed")
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(6)
        for field in self.fields.values():
            layout.addWidget(_label(field.info))
            layout.addWidget(field.widget)
            field.committed.connect(lambda value: self.changed.emit())
            field.problem.connect(partial(self._on_problem, field))
        layout.addWidget(self.problem, 1)

    @property
    def values(self) -> Mapping[str, Any]:
        """The last valid numbers, by name."""
        return {name: field.value() for name, field in self.fields.items()}

    def set_value(self, name: str, value: Any) -> None:
        """Show a number, silently."""
        self.fields[name].set_value(value)
        self._on_problem(self.fields[name], "")

    def _on_problem(self, field: Field, sentence: str) -> None:
        field.mark(bool(sentence))
        self.problem.setText(sentence)
        self.problem.setToolTip(sentence)


def _field(info: SettingInfo, prefix: str) -> Field:
    edit = NumberEdit()
    edit.setFixedWidth(EDITOR_PX)
    field = TypedField(info, edit, edit.line())
    edit.stepped.connect(field.step)
    field.set_value(info.default)
    editor = field.editors()[0]
    editor.setObjectName(f"{prefix}.{info.name}")
    editor.setAccessibleName(info.label)
    editor.setToolTip(info.help)
    return field


def _label(info: SettingInfo) -> QLabel:
    label = QLabel(info.label)
    label.setToolTip(info.help)
    return label
