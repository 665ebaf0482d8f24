"""A form made from a settings model: nothing about a setting is written twice."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QGridLayout, QToolButton, QWidget

from genstudio.settings import SettingInfo, Settings, describe
from genstudio.ui.fields import Field
from genstudio.ui.form_row import EDITOR, LABEL, MARK, WIDTH, FormRow
from genstudio.ui.icons import bind_icon
from genstudio.ui.theme import Theme

_GAP_PX = 12


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
        self._rows = {info.name: FormRow(info, theme, prefix, self, marked) for info in _folded_last(shown)}
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
                self._grid.addWidget(self._more, line, LABEL, 1, WIDTH, Qt.AlignmentFlag.AlignLeft)
                line += 1
            for place, row in enumerate(rows):
                row.place(self._grid, line + 2 * (place // self._columns), WIDTH * (place % self._columns))
            line += 2 * -(-len(rows) // self._columns)
        self._more.setVisible(any(info.advanced for info in shown))

    def _on_committed(self, name: str, value: object) -> None:
        self.changed.emit(name, value)

    def _on_folded(self, unfolded: bool) -> None:
        for row in self._rows.values():
            if row.info.advanced:
                row.set_visible(unfolded)


def _grid(form: QWidget, columns: int) -> QGridLayout:
    grid = QGridLayout(form)
    grid.setContentsMargins(0, 0, 0, 0)
    grid.setHorizontalSpacing(4)
    grid.setVerticalSpacing(4)
    for left in range(0, WIDTH * columns, WIDTH):
        grid.setColumnStretch(left + EDITOR, 1)
        grid.setColumnMinimumWidth(left + MARK + 1, _GAP_PX if columns > 1 else 0)
    # Under each other, editors begin at one edge in every form.
    grid.setColumnMinimumWidth(LABEL, 72 if columns == 1 else 0)
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
