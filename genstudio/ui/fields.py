"""Editors of single settings: each holds a widget, and speaks up only for values that are valid."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterable
from typing import Any

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QCheckBox, QComboBox, QHBoxLayout, QLineEdit, QSlider, QWidget
from shiboken6 import isValid

from genstudio.errors import SettingsError
from genstudio.settings import SettingInfo
from genstudio.ui.focused_combo import FocusedCombo
from genstudio.ui.number_edit import NumberEdit
from genstudio.ui.values import AUTO, read_value, show_value, step_of, stepped

# Long enough to finish a number, short enough that Train right after typing uses it.
_TYPING_PAUSE_MS = 500
_SLIDER_STEPS = 200


class Field(QObject):
    """One setting's editor.

    `committed` carries a valid value that the person chose; `problem` a sentence about what was
    typed, empty once it is mended. Neither is sent by `set_value`.
    """

    committed = Signal(object)
    problem = Signal(str)

    def __init__(self, info: SettingInfo, widget: QWidget) -> None:
        super().__init__(widget)
        self.info = info
        self.widget = widget

    # Qt's classes have a metaclass of their own, so that only the type checker holds children to these two.

    @abstractmethod
    def value(self) -> Any:
        """The last valid value."""

    @abstractmethod
    def set_value(self, value: Any) -> None:
        """Show a value, silently."""

    def commit(self) -> None:
        """Take up what is typed and not yet taken up."""

    def editors(self) -> tuple[QWidget, ...]:
        """The widgets that take the keyboard, the main one first."""
        return (self.widget,)

    def mark(self, wrong: bool) -> None:
        """Show a red frame, or none."""
        for editor in self.editors():
            if editor.property("problem") != wrong:
                editor.setProperty("problem", wrong)
                editor.style().unpolish(editor)
                editor.style().polish(editor)


class TypedField(Field):
    """A setting that is typed: a number, words, a list.

    Arguments:
        line: where it is typed; part of `widget`, or the widget itself.
    """

    def __init__(self, info: SettingInfo, widget: QWidget, line: QLineEdit) -> None:
        super().__init__(info, widget)
        self._line = line
        self._value = info.default
        self._timer = QTimer(self, singleShot=True, interval=_TYPING_PAUSE_MS)
        self._timer.timeout.connect(self._commit_if_valid)
        line.textEdited.connect(self._on_typed)
        line.installEventFilter(self)
        widget.installEventFilter(self)

    def value(self) -> Any:
        """The last valid value."""
        return self._value

    def set_value(self, value: Any) -> None:
        """Show a value, silently."""
        self._timer.stop()
        self._value = value
        self._line.setText(show_value(value, self.info))
        # The beginning of a long text says more than its end.
        self._line.setCursorPosition(0)

    def commit(self) -> None:
        """Take up the text, or say what is wrong with it."""
        self._timer.stop()
        try:
            value = read_value(self._line.text(), self.info)
        except SettingsError as error:
            self.problem.emit(str(error))
            return
        self.choose(value)

    def choose(self, value: Any) -> None:
        """Show a valid value that the person chose, and tell of it."""
        changed = value != self._value or type(value) is not type(self._value)
        self.set_value(value)
        self.problem.emit("")
        if changed:
            self.committed.emit(value)

    def step(self, steps: int) -> None:
        """Some steps up or down from what is typed."""
        self.commit()
        if isinstance(self._value, (int, float)):
            self.choose(stepped(self._value, steps, self.info))
            self._line.selectAll()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Return and leaving take up the text; Escape gives the former value back."""
        if not isValid(self._line):
            # A form that is deleted with the focus in it loses the line before the focus.
            return False
        if event.type() == QEvent.Type.FocusOut:
            self.commit()
        elif event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
                self.commit()
            elif event.key() == Qt.Key.Key_Escape and self._line.text() != show_value(self._value, self.info):
                self.choose(self._value)
                return True
        return False

    def _on_typed(self) -> None:
        self._timer.start()

    def _commit_if_valid(self) -> None:
        """A pause in typing is no end: half a number is left alone."""
        try:
            value = read_value(self._line.text(), self.info)
        except SettingsError:
            return
        if value != self._value:
            self._value = value
            self.problem.emit("")
            self.committed.emit(value)


class CheckField(Field):
    """Yes or no, with the label beside the box."""

    def __init__(self, info: SettingInfo) -> None:
        self._box = QCheckBox(info.label)
        super().__init__(info, self._box)
        self._box.clicked.connect(self._on_clicked)

    def value(self) -> bool:
        """Whether the box is checked."""
        return self._box.isChecked()

    def set_value(self, value: Any) -> None:
        """Show a value, silently."""
        self._box.setChecked(bool(value))

    def _on_clicked(self, checked: bool) -> None:
        self.committed.emit(checked)


class ChoiceField(Field):
    """One of several words, "auto" first where the setting is optional; or one of several names."""

    def __init__(self, info: SettingInfo) -> None:
        self._combo = FocusedCombo()
        super().__init__(info, self._combo)
        self._words: list[str | None] = [*([None] if info.optional else []), *info.choices]
        show = str if info.kind == "text" else spoken
        self._combo.addItems([AUTO if word is None else show(word) for word in self._words])
        self._combo.activated.connect(self._on_activated)

    def value(self) -> str | None:
        """The word that recipes use."""
        return self._words[max(self._combo.currentIndex(), 0)]

    def set_value(self, value: Any) -> None:
        """Show a value, silently; a name that was not known so far joins the others."""
        if self.info.kind == "text" and value is not None:
            self.offer([value])
        self._combo.setCurrentIndex(self._words.index(value))

    def offer(self, words: Iterable[str]) -> None:
        """Names that are known by now, too, of a setting that is a name."""
        for word in words:
            if word not in self._words:
                self._words.append(word)
                self._combo.addItem(word)

    def _on_activated(self) -> None:
        self.committed.emit(self.value())


class SliderField(TypedField):
    """A number between close bounds: dragged, or typed beside the slider."""

    def __init__(self, info: SettingInfo) -> None:
        widget = QWidget()
        number = NumberEdit()
        number.setMinimumWidth(68)
        number.setMaximumWidth(76)
        self.slider = QSlider(Qt.Orientation.Horizontal)
        self.slider.setRange(0, _SLIDER_STEPS)
        self.slider.setMinimumWidth(48)
        super().__init__(info, widget, number.line())
        self._number = number
        layout = QHBoxLayout(widget)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(8)
        layout.addWidget(self.slider, 1)
        layout.addWidget(number)
        number.installEventFilter(self)
        number.stepped.connect(self.step)
        self.slider.valueChanged.connect(self._on_slid)
        widget.setFocusProxy(number)

    def editors(self) -> tuple[QWidget, ...]:
        """The number, then the slider."""
        return (self._number, self.slider)

    def set_value(self, value: Any) -> None:
        """Show a value in both, silently."""
        super().set_value(value)
        share = (value - self.info.minimum) / (self.info.maximum - self.info.minimum)
        self.slider.blockSignals(True)
        self.slider.setValue(round(share * _SLIDER_STEPS))
        self.slider.blockSignals(False)

    def _on_slid(self, place: int) -> None:
        info = self.info
        value = info.minimum + place / _SLIDER_STEPS * (info.maximum - info.minimum)
        step = step_of(info)
        found = float(f"{round(value / step) * step:.12g}")
        if (info.open_minimum and found <= info.minimum) or (info.open_maximum and found >= info.maximum):
            found = stepped(found, 1 if found <= info.minimum else -1, info)
        self.choose(found)


def field_for(info: SettingInfo) -> Field:
    """The editor that suits a setting."""
    if info.kind == "bool":
        return CheckField(info)
    if info.kind == "choice" or (info.kind == "text" and info.choices):
        return ChoiceField(info)
    if info.kind in ("int", "float"):
        return _number_field(info)
    line = QLineEdit()
    return TypedField(info, line, line)


def spoken(word: str) -> str:
    """A recipe's word as a person reads it: "two_moons" is "two moons"."""
    return word.replace("_", " ")


def _number_field(info: SettingInfo) -> Field:
    if info.choices:
        return _number_or_word_field(info)
    close = info.kind == "float" and not info.log and not info.optional and info.maximum - info.minimum <= 2
    if close:
        return SliderField(info)
    edit = NumberEdit()
    field = TypedField(info, edit, edit.line())
    edit.stepped.connect(field.step)
    if info.optional:
        edit.line().setPlaceholderText(AUTO)
    return field


def _number_or_word_field(info: SettingInfo) -> Field:
    combo = FocusedCombo()
    line = QLineEdit()
    combo.setEditable(True)
    combo.setLineEdit(line)
    combo.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
    combo.addItems([*([AUTO] if info.optional else []), *info.choices])
    field = TypedField(info, combo, line)
    combo.textActivated.connect(field.commit)
    return field
