"""Summaries of the columns that somebody looks at, computed in the background, a batch at a time."""

from __future__ import annotations

from PySide6.QtCore import QObject, QTimer, Signal

from genstudio.data.reader import Watch
from genstudio.data.summary import ColumnSummary, summarise
from genstudio.data.table import Table
from genstudio.ui.pump import Pump

_BATCH = 64
_KEY = "data.summary"


class ColumnSummaries(QObject):
    """Keeps what was computed, and computes what was asked for; of 100,000 columns only those seen.

    Signals:
        arrived: summaries of the columns from the first to the last index are new.
    """

    arrived = Signal(int, int)

    def __init__(self, pump: Pump, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._pump = pump
        self._table: Table | None = None
        self._known: dict[int, ColumnSummary] = {}
        self._wanted: dict[int, None] = {}
        self._busy = False
        # Asking happens while painting; the work starts once all that is visible has been asked for.
        self._timer = QTimer(self, singleShot=True, interval=0)
        self._timer.timeout.connect(self._start)

    def show_table(self, table: Table | None) -> None:
        """Forget the former table."""
        if table is self._table:
            return
        self._pump.cancel(_KEY)
        self._table, self._busy = table, False
        self._known.clear()
        self._wanted.clear()

    def get(self, index: int) -> ColumnSummary | None:
        """A column's summary, or None while it is being computed."""
        found = self._known.get(index)
        if found is None and index not in self._wanted:
            self._wanted[index] = None
            if not self._busy:
                self._timer.start()
        return found

    def _start(self) -> None:
        table = self._table
        # The newest wishes first: they are what is seen now.
        batch = sorted(list(self._wanted)[-_BATCH:])
        if table is None or not batch or self._busy:
            return
        self._busy = True
        columns = [(index, table.columns[index]) for index in batch]

        def work(watch: Watch) -> dict[int, ColumnSummary]:
            found = {}
            for place, (index, column) in enumerate(columns):
                watch(place / len(columns), "Summarising")
                found[index] = summarise(column)
            return found

        self._pump.run(_KEY, work, self._on_done, self._on_failed)

    def _on_done(self, found: dict[int, ColumnSummary]) -> None:
        self._busy = False
        self._known.update(found)
        for index in found:
            self._wanted.pop(index, None)
        self.arrived.emit(min(found), max(found))
        if self._wanted:
            self._timer.start()

    def _on_failed(self, error: BaseException) -> None:
        self._busy = False
        self._wanted.clear()
        self._pump.failed.emit(error)
