"""Which samples are asked for: how many, by which seed, how daring, of which class, drawn in which way."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from genstudio.runs.favourites import Wish
from genstudio.settings import SettingInfo, Settings, describe, setting
from genstudio.ui.choices_form import ChoicesForm
from genstudio.ui.fields import Field, TypedField
from genstudio.ui.number_edit import NumberEdit
from genstudio.ui.plain_table import plain_label, quiet_button
from genstudio.ui.theme import Theme

MOST_SEEDS = 2**32
MOST_PICTURES, MOST_ROWS = 2_000, 10_000_000
ROWS, PICTURES = 1_000, 100
TRUNCATED = (
    "Truncation",
    "Noise is drawn so much nearer to its middle: below 1 samples are more typical and less diverse, at 1 as they were "
    "learned, above 1 more daring.",
)
"""Title and help of the temperature where it is noise alone that it acts on."""
PARTS = {"valid": "Validation", "train": "Training", "test": "Test"}


class SampleSettings(Settings):
    """What is drawn."""

    n: int = setting(ROWS, "How many samples a page holds.", ge=1, le=MOST_ROWS, label="Samples", log=True)
    seed: int = setting(0, "The same seed gives the same page again; the next page has the next seed.", ge=0,
                        lt=MOST_SEEDS)
    temperature: float = setting(
        1.0, "Below 1 samples are more typical and less diverse, above 1 more daring.", ge=0.1, le=2.0
    )


class SampleControls(QWidget):
    """A line of editors, and one of what the model lets be chosen; what is typed well is a wish.

    Signals:
        changed: other samples are wished for, or another part of the data.
    """

    changed = Signal()

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.fields = {info.name: _field(info) for info in describe(SampleSettings)}
        self._labels = {name: _label(field.info) for name, field in self.fields.items()}
        self.previous = quiet_button(theme, "samples.previous", "chevron-left", "", "Back to the page before (PageUp)")
        self.next = quiet_button(theme, "samples.next", "chevron-right", "", "More: the next page (PageDown)")
        for button in (self.previous, self.next):
            button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonIconOnly)
        self.classes = _combo("samples.class", "The class that is wanted")
        self.part = _combo("samples.part", "Which part of the data is reconstructed")
        for key, title in PARTS.items():
            self.part.addItem(title, key)
        self.steering = ChoicesForm(theme, "samples.choice")
        self.problem = plain_label("samples.problem", "problem", "What is wrong with what was typed")
        self._last_class: int | None = None
        self._pictures = False
        self._counts = {False: ROWS, True: PICTURES}
        self._arrange()
        self._connect()
        self.part.hide()
        self.offer_classes(())

    @property
    def wish(self) -> Wish:
        """What is asked for."""
        condition = self.classes.currentData()
        return Wish(
            int(self.fields["n"].value()), int(self.fields["seed"].value()), float(self.fields["temperature"].value()),
            None if condition is None else int(condition), tuple(sorted(self.steering.choices.items())),
        )

    @property
    def chosen_part(self) -> str:
        """"train", "valid" or "test"."""
        return str(self.part.currentData())

    def set_pictures(self, pictures: bool) -> None:
        """Ask for pictures or for rows; how many is remembered for either."""
        if pictures != self._pictures:
            self._counts[self._pictures] = int(self.fields["n"].value())
            self._pictures = pictures
            field = self.fields["n"]
            field.info = replace(field.info, maximum=MOST_PICTURES if pictures else MOST_ROWS)
            field.set_value(self._counts[pictures])

    def call_truncation(self, truncation: bool) -> None:
        """Call the temperature by the name that it has where a network makes samples of noise alone."""
        field, label = self.fields["temperature"], self._labels["temperature"]
        title, text = TRUNCATED if truncation else (field.info.label, field.info.help)
        label.setText(title)
        label.setToolTip(text)
        field.editors()[0].setAccessibleName(title)
        field.editors()[0].setToolTip(text)

    def offer_classes(self, words: Sequence[str]) -> None:
        """Let one of these be chosen, by its place; the one that was chosen last is chosen again, if it is there."""
        former = self._last_class
        self.classes.clear()
        self.classes.addItem("Any class", None)
        for code, word in enumerate(words):
            self.classes.addItem(word, code)
        self.classes.setCurrentIndex(former + 1 if former is not None and former < len(words) else 0)
        self.classes.setVisible(len(words) > 0 and self.part.isHidden())

    def show_reconstructions(self, reconstructions: bool) -> None:
        """Show the editors for reconstructions, or those for samples."""
        self.part.setVisible(reconstructions)
        for widget in (self._labels["temperature"], self.fields["temperature"].widget):
            widget.setVisible(not reconstructions)
        self.classes.setVisible(not reconstructions and self.classes.count() > 1)
        self.steering.setVisible(not reconstructions and self.steering.offered)

    def turn(self, pages: int) -> None:
        """Go some pages on, or back."""
        self.fields["seed"].commit()
        self.fields["seed"].set_value((int(self.fields["seed"].value()) + pages) % MOST_SEEDS)
        self._on_problem(self.fields["seed"], "")
        self.changed.emit()

    def _arrange(self) -> None:
        layout = QHBoxLayout()
        layout.setSpacing(6)
        for name, width in (("n", 84), ("seed", 84), ("temperature", 66)):
            field = self.fields[name]
            layout.addWidget(self._labels[name])
            field.widget.setFixedWidth(width)
            layout.addWidget(field.widget)
            if name == "seed":
                layout.addWidget(self.previous)
                layout.addWidget(self.next)
        layout.addWidget(self.classes)
        layout.addWidget(self.part)
        layout.addWidget(self.problem, 1)
        lines = QVBoxLayout(self)
        lines.setContentsMargins(12, 2, 8, 4)
        lines.setSpacing(2)
        lines.addLayout(layout)
        lines.addWidget(self.steering)

    def _connect(self) -> None:
        for field in self.fields.values():
            field.committed.connect(lambda value: self.changed.emit())
            field.problem.connect(partial(self._on_problem, field))
        self.previous.clicked.connect(lambda: self.turn(-1))
        self.next.clicked.connect(lambda: self.turn(1))
        self.classes.activated.connect(self._on_class)
        self.part.activated.connect(lambda place: self.changed.emit())
        self.steering.changed.connect(self.changed)

    def _on_class(self, place: int) -> None:
        self._last_class = self.classes.itemData(place)
        self.changed.emit()

    def _on_problem(self, field: Field, sentence: str) -> None:
        field.mark(bool(sentence))
        self.problem.setText(sentence)
        self.problem.setToolTip(sentence)


def _combo(name: str, title: str) -> QComboBox:
    combo = QComboBox()
    combo.setObjectName(name)
    combo.setAccessibleName(title)
    combo.setToolTip(title)
    combo.setMinimumWidth(92)
    combo.setMaximumWidth(150)
    combo.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
    return combo


def _field(info: SettingInfo) -> Field:
    edit = NumberEdit()
    field = TypedField(info, edit, edit.line())
    edit.stepped.connect(field.step)
    field.set_value(info.default)
    editor = field.editors()[0]
    editor.setObjectName(f"samples.{info.name}")
    editor.setAccessibleName("Number of samples" if info.name == "n" else info.label)
    editor.setToolTip(info.help)
    return field


def _label(info: SettingInfo) -> QLabel:
    label = QLabel(info.label)
    label.setToolTip(info.help)
    return label
