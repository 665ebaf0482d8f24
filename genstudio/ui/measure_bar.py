"""The line above the figures: measuring and its progress, copying and exporting."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QMenu, QProgressBar, QPushButton, QToolButton, QWidget

from genstudio.ui.plain_table import plain_label, quiet_button
from genstudio.ui.room import keep_room
from genstudio.ui.theme import Theme

RESOLUTION = 1000


class MeasureBar(QWidget):
    """Asks for things; what is possible is said by its owner.

    Signals:
        measure_asked, cancel_asked, export_asked: the buttons were pressed.
        copy_asked: "text" or "csv".
    """

    measure_asked = Signal()
    cancel_asked = Signal()
    export_asked = Signal()
    copy_asked = Signal(str)

    def __init__(self, theme: Theme, prefix: str) -> None:
        super().__init__()
        self.measure = QPushButton("Measure")
        self.measure.setObjectName(f"{prefix}.measure")
        self.measure.setAccessibleName("Measure")
        self.measure.setToolTip("Measure the shown run and those ticked in the list")
        self.cancel = quiet_button(theme, f"{prefix}.cancel", "close", "Cancel", "Stop measuring; former figures stay")
        self.bar = _progress_bar(f"{prefix}.progress")
        keep_room(self.bar)
        self.told = plain_label(f"{prefix}.told", title="What is being measured")
        self.copy = self._make_copy(theme, prefix)
        self.export = quiet_button(theme, f"{prefix}.export", "export", "Export…", "Save the figures as CSV (Ctrl+E)")
        self._arrange()
        self.measure.clicked.connect(self.measure_asked)
        self.cancel.clicked.connect(self.cancel_asked)
        self.export.clicked.connect(self.export_asked)

    def show_progress(self, share: float, doing: str) -> None:
        """How far it is, in [0, 1], and a sentence."""
        self.bar.setValue(round(RESOLUTION * share))
        self.told.setText(doing)
        self.told.setToolTip(f"\u200b{doing}" if doing else "")

    def allow(self, measure: bool, cancel: bool, take: bool) -> None:
        """What is possible now.

        Arguments:
            take: whether there are figures to be copied and exported.
        """
        self.measure.setEnabled(measure)
        self.cancel.setEnabled(cancel)
        self.bar.setVisible(cancel)
        self.copy.setEnabled(take)
        self.export.setEnabled(take)

    def _make_copy(self, theme: Theme, prefix: str) -> QToolButton:
        button = quiet_button(theme, f"{prefix}.copy", "copy", "Copy ▾", "Copy the figures as text or as CSV (Ctrl+C)")
        button.setAccessibleName("Copy")
        button.setStyleSheet("QToolButton::menu-indicator { image: none; }")
        menu = QMenu(button)
        for kind, title in (("text", "Copy as text"), ("csv", "Copy as CSV")):
            action = menu.addAction(title)
            action.setObjectName(f"{prefix}.copy.{kind}")
            action.triggered.connect(lambda checked=False, kind=kind: self.copy_asked.emit(kind))
        button.setMenu(menu)
        button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        return button

    def _arrange(self) -> None:
        layout = QHBoxLayout(self)
        layout.setContentsMargins(12, 6, 8, 4)
        layout.setSpacing(6)
        for widget in (self.measure, self.cancel, self.bar):
            layout.addWidget(widget)
        layout.addWidget(self.told, 1)
        layout.addWidget(self.copy)
        layout.addWidget(self.export)


def _progress_bar(name: str) -> QProgressBar:
    bar = QProgressBar()
    bar.setObjectName(name)
    bar.setAccessibleName("Progress of measuring")
    bar.setRange(0, RESOLUTION)
    bar.setTextVisible(False)
    bar.setFixedWidth(96)
    return bar
