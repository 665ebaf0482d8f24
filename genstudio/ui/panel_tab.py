"""A tab whose panel is made when it is first wanted, which keeps the window's start short."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QFrame, QScrollArea, QVBoxLayout, QWidget

from genstudio.ui.drops import leave_drops_to_window
from genstudio.ui.panel import Panel, PanelInfo
from genstudio.ui.session_model import SessionModel
from genstudio.ui.theme import Theme


class PanelTab(QWidget):
    """Holds one panel, which can be scrolled where the window has less room than it needs.

    Arguments:
        held: the panel is not made before `release`, even if the tab is shown.

    Signals:
        panel_made: the panel is there now.
    """

    panel_made = Signal()

    def __init__(self, kind: type[Panel], model: SessionModel, theme: Theme, held: bool = False) -> None:
        super().__init__()
        self._held = held
        self.setObjectName(f"tab.{kind.info.key}")
        self._kind, self._model, self._theme = kind, model, theme
        self._panel: Panel | None = None
        self._room = QScrollArea()
        self._room.setWidgetResizable(True)
        self._room.setFrameShape(QFrame.Shape.NoFrame)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._room)

    @property
    def info(self) -> PanelInfo:
        """What the tab shows of its panel."""
        return self._kind.info

    @property
    def made(self) -> bool:
        """Whether the panel is there."""
        return self._panel is not None

    @property
    def panel(self) -> Panel:
        """The panel, made now if it was not wanted before."""
        if self._panel is None:
            self._panel = self._kind(self._model, self._theme)
            leave_drops_to_window(self._panel)
            self._panel.setWhatsThis(self.info.help)
            self._room.setWidget(self._panel)
            self.panel_made.emit()
        return self._panel

    def release(self) -> None:
        """Make the panel now if it is seen."""
        self._held = False
        if self.isVisible():
            self.panel.show()

    def showEvent(self, event: QShowEvent) -> None:
        """Now it is wanted."""
        if not self._held:
            self.panel.show()
        super().showEvent(event)
