"""A threshold on anomaly scores, typed by percentile or by value, and how many rows lie beyond it."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QWidget

from genstudio.applications.anomaly import USUAL_PERCENT, Threshold
from genstudio.applications.scores import ScoreMeaning
from genstudio.settings import SettingInfo, Settings, describe, setting
from genstudio.ui.fields import Field, field_for
from genstudio.ui.plain_table import plain_label

# As many significant digits as a person wants to read, and the editors hold.
_PERCENT_DIGITS, _VALUE_DIGITS = 4, 6
_NUMBER_PX = 92


class _ThresholdSettings(Settings):
    """What the two editors need to know of their numbers."""

    percent: float = setting(
        USUAL_PERCENT, "Flag so many of the rows, those that score highest: the strangest 1 % at 1.",
        label="Strangest", unit="%", ge=0, le=100, log=True,
    )
    value: float = setting(
        0.0, "Flag the rows that score higher. Drag the line in the histogram for the same.", label="Score above",
    )


class ThresholdControl(QWidget):
    """Two editors of one threshold, always in step, and the number of flagged rows.

    Signals:
        percent_chosen: a percentile was typed or stepped to.
        value_chosen: a score was typed or stepped to.
    """

    percent_chosen = Signal(float)
    value_chosen = Signal(float)

    def __init__(self, prefix: str) -> None:
        super().__init__()
        percent, value = describe(_ThresholdSettings)
        self.percent, self.value = field_for(percent), field_for(value)
        self.percent.committed.connect(lambda number: self.percent_chosen.emit(float(number)))
        self.value.committed.connect(lambda number: self.value_chosen.emit(float(number)))
        self.flagged = plain_label(f"{prefix}.flagged", "", "Flagged rows")
        self._units: dict[str, QLabel] = {}
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(6)
        for field, info in ((self.percent, percent), (self.value, value)):
            _dress(field, info, f"{prefix}.threshold_{info.name}")
            self._units[info.name] = _label(info.unit)
            for widget in (_label(info.label, field), field.widget, self._units[info.name]):
                layout.addWidget(widget)
            layout.addSpacing(8)
        layout.addWidget(self.flagged, 1)

    def set_meaning(self, meaning: ScoreMeaning) -> None:
        """Say what the scores are."""
        self._units["value"].setText(meaning.unit)
        self._units["value"].setToolTip(meaning.words)

    def set_threshold(self, threshold: Threshold) -> None:
        """Show a threshold, silently."""
        self.percent.set_value(_rounded(threshold.percent, _PERCENT_DIGITS))
        self.value.set_value(_rounded(threshold.value, _VALUE_DIGITS))
        self._mend()
        self.flagged.setText(f"{threshold.flagged:,} flagged")
        sentence = f"{threshold.flagged:,} of {threshold.total:,} rows lie beyond the threshold"
        self.flagged.setAccessibleDescription(sentence)
        self.flagged.setToolTip(sentence)

    def _mend(self) -> None:
        for field in (self.percent, self.value):
            field.problem.emit("")


def _rounded(number: float, digits: int) -> float:
    return float(f"{number:.{digits}g}")


def _dress(field: Field, info: SettingInfo, name: str) -> None:
    editor = field.widget
    editor.setObjectName(name)
    editor.setAccessibleName(f"{info.label} ({info.unit})" if info.unit else info.label)
    editor.setAccessibleDescription(info.help)
    editor.setFixedWidth(_NUMBER_PX)

    def complain(sentence: str) -> None:
        field.mark(bool(sentence))
        # A paragraph, so that long lines wrap; our own words hold no mark-up.
        editor.setToolTip(f"<p>{sentence or info.help}</p>")

    field.problem.connect(complain)
    complain("")


def _label(text: str, field: Field | None = None) -> QLabel:
    label = QLabel(text)
    label.setTextFormat(Qt.TextFormat.PlainText)
    if field is None:
        label.setProperty("role", "muted")
    else:
        label.setBuddy(field.widget)
    return label
