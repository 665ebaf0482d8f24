"""The means of pictures and of their classes, computed in the background once somebody asks."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal

from genstudio.data.picture_summary import PictureSummary, summarise_pictures
from genstudio.data.pictures import Pictures
from genstudio.data.reader import Watch
from genstudio.ui.pump import Pump

_KEY = "data.pictures.facts"


class PictureFacts(QObject):
    """Keeps the summary of the newest pictures.

    Signals:
        arrived: the summary of the pictures that were asked for is there.
    """

    arrived = Signal()

    def __init__(self, pump: Pump, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._pump = pump
        self._pictures: Pictures | None = None
        self._known: PictureSummary | None = None

    def of(self, pictures: Pictures | None) -> PictureSummary | None:
        """The summary of some pictures, or None while it is being computed."""
        if pictures is not self._pictures:
            self._pictures, self._known = pictures, None
            self._start(pictures)
        return self._known

    def _start(self, pictures: Pictures | None) -> None:
        if pictures is None:
            self._pump.cancel(_KEY)
            return

        def work(watch: Watch) -> PictureSummary:
            return summarise_pictures(pictures, watch)

        self._pump.run(_KEY, work, self._on_done)

    def _on_done(self, found: PictureSummary) -> None:
        self._known = found
        self.arrived.emit()
