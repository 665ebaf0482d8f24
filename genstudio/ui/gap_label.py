"""How far the shown run is from the truth, in words that follow it."""

from __future__ import annotations

from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import QLabel

from genstudio.ui.session_model import SessionModel


class GapLabel(QLabel):
    """The gap of the shown run at the step that is shown; empty where it is not known.

    Arguments:
        name: object name, under which it looks.
    """

    def __init__(self, model: SessionModel, name: str) -> None:
        super().__init__()
        self.setObjectName(name)
        self.setProperty("role", "muted")
        self._model = model
        model.truth_gap.measured.connect(self.refresh)
        model.current_changed.connect(self.refresh)
        model.watching.scrubbed.connect(self.refresh)
        self.refresh()

    def refresh(self) -> None:
        """Say what is known by now."""
        run = self._model.current
        found = None if run is None else self._model.truth_gap.at(run, self._model.watching.step)
        self.setText("" if found is None else found.words)
        self.setToolTip("" if found is None else found.meaning)

    def showEvent(self, event: QShowEvent) -> None:
        """Somebody looks."""
        super().showEvent(event)
        self._model.truth_gap.look(self.objectName(), True)

    def hideEvent(self, event: QHideEvent) -> None:
        """Nobody looks any more."""
        super().hideEvent(event)
        self._model.truth_gap.look(self.objectName(), False)
