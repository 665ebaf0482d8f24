"""A form made from a settings model: nothing about a setting is written twice."""

from __future__ import annotations

import html
from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import Any

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLabel, QToolButton, QWidget

from genstudio.settings import SettingInfo, Settings, describe
from genstudio.ui.fields import Field, field_for
from genstudio.ui.icons import bind_icon
from genstudio.ui.theme import Theme
from genstudio.ui.values import bounds_sentence, show_value

_LABEL, _EDITOR, _UNIT, _MARK = range(4)
_WIDTH, _GAP_PX = 5, 12
"""Columns of the grid that a setting takes; the last keeps it apart from one beside it."""


class Form(QWidget):
    """The settings of a model, to be read and changed.

    `changed(name, value)` carries valid values that the person chose, never those of
    `set_values`; `problem(name, sentence)` says what is wrong with a setting, "" when mended.

    Arguments:
        model: the settings model; its hidden settings keep their values unseen.
        theme: where the marks take their colours from.
        prefix: editors are named `<prefix>.<setting>`.
        known: names to choose from, of settings that are names.
        columns: settings that stand side by side.
        of: the kind of data; settings that have a meaning for others only are hidden. All are shown when empty.
    """

    changed = Signal(str, object)
    problem = Signal(str, str)

    def __init__(
        self, model: type[Settings], theme: Theme, prefix: str, *,
        known: Mapping[str, tuple[str, ...]] | None = None, columns: int = 1, of: str = "",
    ) -> None:
        super().__init__()
        described = [replace(info, choices=(known or {}).get(info.name, info.choices)) for info in describe(model)]
        shown = [info for info in described if not info.hidden and (not of or info.of in ("", of))]
        self._hidden = {info.name: info.default for info in described if info not in shown}
        self._grid, self._columns = _grid(self, columns), columns
        marked = any(info.live for info in shown)
        self._rows = {info.name: _Row(info, theme, prefix, self, marked) for info in _folded_last(shown)}
        self._more = _fold_button(theme, prefix)
        self._place(shown)
        for row in self._rows.values():
            row.committed.connect(self._on_committed)
            row.problem.connect(self.problem)
        self._more.toggled.connect(self._on_folded)
        self._on_folded(False)

    def values(self) -> dict[str, Any]:
        """The last valid value of every setting, hidden ones included."""
        return {**self._hidden, **{name: row.field.value() for name, row in self._rows.items()}}

    def changes(self) -> dict[str, Any]:
        """The values that are other than the defaults, of the settings that are shown."""
        return {name: row.field.value() for name, row in self._rows.items() if row.changed}

    def set_values(self, values: Mapping[str, Any]) -> None:
        """Show values, silently; settings that are not named keep theirs."""
        for name, value in values.items():
            if name in self._rows:
                self._rows[name].set_value(value)
            elif name in self._hidden:
                self._hidden[name] = value

    def commit(self) -> None:
        """Take up a text that is typed and not yet taken up; call it before values are used."""
        for row in self._rows.values():
            row.field.commit()

    def problems(self) -> dict[str, str]:
        """What is wrong with which setting."""
        return {name: row.sentence for name, row in self._rows.items() if row.sentence}

    def set_problems(self, problems: Mapping[str, str]) -> None:
        """Show what is wrong with settings, as found elsewhere; the others are cleared."""
        for name, row in self._rows.items():
            row.show_problem(problems.get(name, ""))
        if any(self._rows[name].info.advanced for name in self.problems()):
            self._more.setChecked(True)

    def set_enabled_names(self, names: Collection[str] | None, reason: str = "") -> None:
        """Let only some settings be changed; None: all. The tooltips of the others begin with the reason."""
        for name, row in self._rows.items():
            row.set_enabled(names is None or name in names, reason)

    def live_names(self) -> frozenset[str]:
        """The settings that may change while training goes on."""
        return frozenset(name for name, row in self._rows.items() if row.info.live)

    def field(self, name: str) -> Field:
        """The editor of a setting."""
        return self._rows[name].field

    def _place(self, shown: list[SettingInfo]) -> None:
        line = 0
        for advanced in (False, True):
            rows = [row for row in self._rows.values() if row.info.advanced == advanced]
            if advanced and rows:
                self._grid.addWidget(self._more, line, _LABEL, 1, _WIDTH, Qt.AlignmentFlag.AlignLeft)
                line += 1
            for place, row in enumerate(rows):
                row.place(self._grid, line + 2 * (place // self._columns), _WIDTH * (place % self._columns))
            line += 2 * -(-len(rows) // self._columns)
        self._more.setVisible(any(info.advanced for info in shown))

    def _on_committed(self, name: str, value: object) -> None:
        self.changed.emit(name, value)

    def _on_folded(self, unfolded: bool) -> None:
        for row in self._rows.values():
            if row.info.advanced:
                row.set_visible(unfolded)


class _Row(QObject):
    """Label, editor, unit, marks and complaint of one setting.

    Arguments:
        marked: keep room for a live mark, as some row of the form has one.
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
            (self._label, _LABEL), (self.field.widget, _EDITOR), (self._unit, _UNIT), (self._marks, _MARK),
        ):
            grid.addWidget(widget, line, left + column, Qt.AlignmentFlag.AlignVCenter)
        grid.addWidget(self._complaint, line + 1, left + _EDITOR, 1, _WIDTH - _EDITOR)
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


def _grid(form: QWidget, columns: int) -> QGridLayout:
    grid = QGridLayout(form)
    grid.setContentsMargins(0, 0, 0, 0)
    grid.setHorizontalSpacing(4)
    grid.setVerticalSpacing(4)
    for left in range(0, _WIDTH * columns, _WIDTH):
        grid.setColumnStretch(left + _EDITOR, 1)
        grid.setColumnMinimumWidth(left + _MARK + 1, _GAP_PX if columns > 1 else 0)
    # Under each other, editors begin at one edge in every form.
    grid.setColumnMinimumWidth(_LABEL, 72 if columns == 1 else 0)
    return grid


def _folded_last(shown: list[SettingInfo]) -> list[SettingInfo]:
    return sorted(shown, key=lambda info: info.advanced)


def _fold_button(theme: Theme, prefix: str) -> QToolButton:
    button = QToolButton()
    button.setText("More")
    button.setCheckable(True)
    button.setObjectName(f"{prefix}.more")
    button.setProperty("role", "fold")
    button.setToolTip("Show the settings that are seldom changed")
    button.setAccessibleName("More settings")
    button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
    binder = bind_icon(button, theme, "chevron-right", "muted")
    button.toggled.connect(lambda open_: binder.show("chevron-down" if open_ else "chevron-right"))
    return button


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
