"""Over how many rows a score is averaged, and how near flagged stretches are joined."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QWidget

from genstudio.applications.windows import USUAL_WINDOW
from genstudio.settings import SettingInfo, Settings, describe, setting
from genstudio.ui.fields import Field, field_for

USUAL_JOIN = USUAL_WINDOW // 2
_NUMBER_PX = 84


class _WindowSettings(Settings):
    """What the two editors need to know of their numbers."""

    window: int = setting(
        USUAL_WINDOW, "The score of a row is minus the mean log-likelihood of so many rows round it: short windows "
        "find single strange rows, long ones strange stretches.", label="Window", ge=1, le=1_000_000, unit="rows",
    )
    join: int = setting(
        USUAL_JOIN, "Flagged rows that are at most so many rows apart are one stretch.", label="Join within",
        ge=0, le=1_000_000, unit="rows",
    )


class WindowControl(QWidget):
    """Two editors.

    Signals:
        changed: another window or another reach was chosen.
    """

    changed = Signal()

    def __init__(self, prefix: str) -> None:
        super().__init__()
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(6)
        self._fields = {info.name: self._field(info, prefix, layout) for info in describe(_WindowSettings)}
        layout.addStretch(1)

    @property
    def window_rows(self) -> int:
        """Rows of a window."""
        return int(self._fields["window"].value())

    @property
    def join_rows(self) -> int:
        """Rows between flagged ones that join them."""
        return int(self._fields["join"].value())

    def _field(self, info: SettingInfo, prefix: str, layout: QHBoxLayout) -> Field:
        field = field_for(info)
        field.set_value(info.default)
        editor = field.widget
        editor.setObjectName(f"{prefix}.{info.name}")
        editor.setAccessibleName(f"{info.label} ({info.unit})")
        editor.setAccessibleDescription(info.help)
        editor.setFixedWidth(_NUMBER_PX)

        def complain(sentence: str) -> None:
            field.mark(bool(sentence))
            # A paragraph, so that long lines wrap; our own words hold no mark-up.
            editor.setToolTip(f"<p>{sentence or info.help}</p>")

        field.problem.connect(complain)
        complain("")
        field.committed.connect(lambda _: self.changed.emit())
        label = QLabel(info.label)
        label.setTextFormat(Qt.TextFormat.PlainText)
        label.setBuddy(editor)
        unit = QLabel(info.unit)
        unit.setProperty("role", "muted")
        for widget in (label, editor, unit):
            layout.addWidget(widget)
        layout.addSpacing(8)
        return field
