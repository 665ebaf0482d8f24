"""One setting in a form: its editor, and all that is said of it."""

from __future__ import annotations

import html
from typing import Any

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLabel, QToolButton, QWidget

from genstudio.settings import SettingInfo
from genstudio.ui.fields import field_for
from genstudio.ui.icons import bind_icon
from genstudio.ui.theme import Theme
from genstudio.ui.values import bounds_sentence, show_value

LABEL, EDITOR, UNIT, MARK = range(4)
WIDTH = 5
"""Columns of the grid that a setting takes; the last keeps it apart from one beside it."""


class FormRow(QObject):
    """Label, editor, unit, marks and complaint of one setting.

    Arguments:
        marked: keep room for a live mark, as some row of the form has one.

    Signals:
        committed: the setting's name and the valid value that a person chose.
        problem: the setting's name and what is wrong with it, "" when mended.
    """

    committed = Signal(str, object)
    problem = Signal(str, str)

    def __init__(self, info: SettingInfo, theme: Theme, prefix: str, form: QWidget, marked: bool) -> None:
        super().__init__(form)
        self.info = info
        self.sentence = ""
        self.field = field_for(info)
        self._unfolded, self._reason = True, ""
        self._described: tuple[str, str] | None = None
        self._label = QLabel("" if info.kind == "bool" else info.label)
        self._unit = _small_label(info.unit, "muted")
        self._complaint = _small_label("", "problem")
        self._complaint.setWordWrap(True)
        self._reset = _reset_button(info, theme, prefix)
        self._marks = _marks(_live_mark(info, theme, prefix) if info.live else None, self._reset, marked)
        self._name_widgets(prefix)
        self.set_value(info.default)
        self.field.committed.connect(self._on_committed)
        self.field.problem.connect(self._on_problem)
        self._reset.clicked.connect(self._on_reset)

    @property
    def changed(self) -> bool:
        """Whether the value is other than the default."""
        return bool(_plain(self.field.value()) != _plain(self.info.default))

    def place(self, grid: QGridLayout, line: int, left: int) -> None:
        """Put the widgets into two lines of a grid, from a column on: the setting, and room for a complaint."""
        for widget, column in (
            (self._label, LABEL), (self.field.widget, EDITOR), (self._unit, UNIT), (self._marks, MARK),
        ):
            grid.addWidget(widget, line, left + column, Qt.AlignmentFlag.AlignVCenter)
        grid.addWidget(self._complaint, line + 1, left + EDITOR, 1, WIDTH - EDITOR)
        self._complaint.hide()
        self._unit.setVisible(bool(self.info.unit))

    def set_value(self, value: Any) -> None:
        """Show a value, silently; what was wrong is forgotten."""
        self.field.set_value(value)
        self.show_problem("")
        self._mark_changed()

    def show_problem(self, sentence: str) -> None:
        """Say what is wrong under the editor, in its frame and in its tooltip."""
        told = self.sentence
        self.sentence = sentence
        self.field.mark(bool(sentence))
        self._complaint.setText(sentence)
        self._complaint.setVisible(bool(sentence) and self._unfolded)
        self._describe()
        if sentence != told:
            self.problem.emit(self.info.name, sentence)

    def set_enabled(self, enabled: bool, reason: str) -> None:
        """Let the setting be changed, or not, for a reason that the tooltip says."""
        self._reason = "" if enabled else reason
        self._describe()
        for widget in (self._label, self.field.widget, self._reset, self._unit):
            widget.setEnabled(enabled)

    def set_visible(self, unfolded: bool) -> None:
        """Fold the row away, or show it."""
        self._unfolded = unfolded
        for widget in (self._label, self.field.widget, self._marks):
            widget.setVisible(unfolded)
        self._unit.setVisible(unfolded and bool(self.info.unit))
        self._complaint.setVisible(unfolded and bool(self.sentence))

    def _name_widgets(self, prefix: str) -> None:
        main, *others = self.field.editors()
        main.setObjectName(f"{prefix}.{self.info.name}")
        for other in others:
            other.setObjectName(f"{prefix}.{self.info.name}.slider")
        for editor in (main, *others):
            editor.setAccessibleName(f"{self.info.label} ({self.info.unit})" if self.info.unit else self.info.label)
            editor.setAccessibleDescription(self.info.help)
        self._label.setBuddy(main)
        self._label.setTextFormat(Qt.TextFormat.PlainText)

    def _describe(self) -> None:
        if self._described == (self._reason, self.sentence):
            return
        self._described = (self._reason, self.sentence)
        text = _tooltip(self.info, self._reason or self.sentence)
        for widget in (self._label, self.field.widget, *self.field.editors()):
            widget.setToolTip(text)

    def _mark_changed(self) -> None:
        self._reset.setVisible(self.changed)

    def _on_committed(self, value: object) -> None:
        self._mark_changed()
        self.committed.emit(self.info.name, value)

    def _on_problem(self, sentence: str) -> None:
        if sentence != self.sentence:
            self.show_problem(sentence)

    def _on_reset(self) -> None:
        self.set_value(self.info.default)
        self.field.editors()[0].setFocus()
        self.committed.emit(self.info.name, self.info.default)


def _small_label(text: str, role: str) -> QLabel:
    label = QLabel(text)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setProperty("role", role)
    return label


def _marks(live: QToolButton | None, reset: QToolButton, marked: bool) -> QWidget:
    """The end of a row, in every row as wide: the live mark and the reset arrow."""
    side = QWidget()
    side.setFixedWidth(42 if marked else 20)
    layout = QHBoxLayout(side)
    layout.setContentsMargins(0, 0, 0, 0)
    layout.setSpacing(2)
    if live is not None:
        layout.addWidget(live)
    layout.addStretch(1)
    layout.addWidget(reset)
    return side


def _live_mark(info: SettingInfo, theme: Theme, prefix: str) -> QToolButton:
    mark = _mark_button(f"{prefix}.{info.name}.live", f"{info.label} can change while training goes on")
    mark.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    bind_icon(mark, theme, "live", "accent")
    return mark


def _reset_button(info: SettingInfo, theme: Theme, prefix: str) -> QToolButton:
    default = show_value(info.default, info)
    button = _mark_button(f"{prefix}.{info.name}.reset", f"Back to the default: {default}")
    button.setAccessibleName(f"Reset {info.label}")
    bind_icon(button, theme, "reset", "muted")
    return button


def _mark_button(name: str, tooltip: str) -> QToolButton:
    button = QToolButton()
    button.setObjectName(name)
    button.setProperty("role", "mark")
    button.setToolTip(tooltip)
    button.setAccessibleName(tooltip)
    button.setFixedSize(20, 22)
    button.setAutoRaise(True)
    return button


def _tooltip(info: SettingInfo, sentence: str) -> str:
    """Help, bounds and complaint; rich text so that long lines wrap, hence escaped."""
    bounds = bounds_sentence(info)
    parts = [sentence, info.help, f"It {bounds}." if bounds else ""]
    return "".join(f"<p>{html.escape(part)}</p>" for part in parts if part)


def _plain(value: Any) -> Any:
    return list(value) if isinstance(value, (list, tuple)) else value
