"""What the data are: name, size, split, notes; while they are being loaded, how far that is."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QProgressBar,
    QPushButton,
    QSizePolicy,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from genstudio.data.dataset import Dataset
from genstudio.data.picture_preparation import shape_words
from genstudio.data.pictures import Pictures, Raw
from genstudio.data.series_glance import counted, lengths_of
from genstudio.data.table import Table
from genstudio.ui.data_views.cells import shortened
from genstudio.ui.session_model import SessionModel
from genstudio.ui.tips import plain_tip

_PATIENCE_MS = 150
_BAR_STEPS = 1000
_TITLE_PX = 320


class ElidedLabel(QLabel):
    """One line of plain text, with dots where it does not fit and all of it in the tooltip."""

    def __init__(self, name: str, role: str) -> None:
        super().__init__()
        self.setObjectName(name)
        self.setProperty("role", role)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setMinimumWidth(40)

    def say(self, text: str, whole: str = "") -> None:
        """Show a text.

        Arguments:
            whole: what the tooltip shows instead, where it says more.
        """
        self.setText(text)
        self.setToolTip(plain_tip(whole or text))

    def paintEvent(self, event: QPaintEvent) -> None:
        """As much as fits."""
        painter = QPainter(self)
        painter.setPen(self.palette().windowText().color())
        text = self.fontMetrics().elidedText(self.text(), Qt.TextElideMode.ElideRight, self.width())
        painter.drawText(self.rect(), int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft), text)
        painter.end()


class Header(QWidget):
    """Name and size on a line of constant height, where the progress of loading stands meanwhile; notes below."""

    def __init__(self, model: SessionModel) -> None:
        super().__init__()
        self._model = model
        self.title = ElidedLabel("data.name", "")
        font = self.title.font()
        font.setBold(True)
        font.setPointSizeF(1.15 * font.pointSizeF())
        self.title.setFont(font)
        self.title.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        self.title.setMaximumWidth(_TITLE_PX)
        self.counts = ElidedLabel("data.counts", "muted")
        self.notes = ElidedLabel("data.notes", "muted")
        self.doing = ElidedLabel("data.doing", "muted")
        self.progress = self._make_progress()
        self.cancel = self._make_cancel()
        self._beside = QStackedWidget()
        self._patience = QTimer(self, singleShot=True, interval=_PATIENCE_MS)
        self._arrange()
        self._patience.timeout.connect(self._show_loading)
        self.cancel.clicked.connect(model.cancel_loading)
        model.loading_changed.connect(self._on_loading_changed)
        model.data_changed.connect(self.refresh)
        model.pump.ticked.connect(self._on_ticked)
        self.refresh()
        self._on_loading_changed(model.loading is not None)

    def refresh(self) -> None:
        """Say what the data are now."""
        raw = self._model.raw
        self.title.say("No data yet" if raw is None else shortened(raw.name))
        self.counts.say("Open a file, choose a source on the left, or draw." if raw is None else self._counts(raw))
        notes = () if raw is None else raw.notes
        more = f"   (+{len(notes) - 1} more)" if len(notes) > 1 else ""
        self.notes.say("" if not notes else shortened(notes[0], 400) + more, "\n".join(notes))
        self.notes.setVisible(bool(notes))

    def _counts(self, raw: Raw) -> str:
        text, data = _size(raw), self._model.data
        if data is None:
            return text
        if data.lengths is not None and isinstance(raw, Table):
            return f"{text}   ·   {self._sequence_counts(raw, data)}"
        learned = "" if isinstance(raw, Pictures) else f"{len(data.preparation.columns):,} learned   ·   "
        return f"{text}   ·   {learned}{_parts([len(data.train), len(data.valid), len(data.test)], len(raw))}"

    def _sequence_counts(self, raw: Table, data: Dataset) -> str:
        """How many sequences there are, and how they are split: whole, or cut in time."""
        assert data.lengths is not None
        lengths = lengths_of(raw, self._model.recipe.data.preparation)
        whole = sum(len(part) for part in data.lengths) <= len(lengths)
        parts = [len(part) if whole else int(part.sum()) for part in data.lengths]
        split = _parts(parts, len(lengths) if whole else len(raw))
        return f"{len(data.preparation.columns):,} learned   ·   {counted(lengths)}: {split}"

    def _on_loading_changed(self, loading: bool) -> None:
        if loading:
            # What is quick should not flicker.
            self._patience.start()
        else:
            self._patience.stop()
            self._beside.setCurrentIndex(0)

    def _show_loading(self) -> None:
        if self._model.loading is not None:
            self._on_ticked()
            self._beside.setCurrentIndex(1)

    def _on_ticked(self) -> None:
        task = self._model.loading
        if task is not None:
            fraction, doing = task.progress
            self.progress.setValue(round(_BAR_STEPS * fraction))
            self.doing.say(f"{doing or 'Waiting'}…")

    def _make_progress(self) -> QProgressBar:
        bar = QProgressBar()
        bar.setObjectName("data.progress")
        bar.setAccessibleName("Progress of loading")
        bar.setRange(0, _BAR_STEPS)
        bar.setFixedWidth(180)
        return bar

    def _make_cancel(self) -> QPushButton:
        button = QPushButton("Cancel")
        button.setObjectName("data.cancel")
        button.setAccessibleName("Cancel loading")
        button.setToolTip("Stop loading and keep the former data")
        return button

    def _arrange(self) -> None:
        loading = QWidget()
        row = QHBoxLayout(loading)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self.doing, 1)
        row.addWidget(self.progress)
        row.addWidget(self.cancel)
        self._beside.addWidget(self.counts)
        self._beside.addWidget(loading)
        self._beside.setFixedHeight(32)
        first = QHBoxLayout()
        first.setSpacing(14)
        first.addWidget(self.title)
        first.addWidget(self._beside, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(first)
        column.addWidget(self.notes)


def _size(raw: Raw) -> str:
    if isinstance(raw, Pictures):
        return f"{len(raw):,} pictures of {shape_words(raw.shape)}"
    columns = len(raw.columns)
    return f"{len(raw):,} rows × {columns:,} column{'' if columns == 1 else 's'}"


def _parts(counts: Sequence[int], total: int) -> str:
    """How many items train and are held out, and how many of all are neither."""
    names = ("train", "validation", "test")
    parts = [f"{count:,} {name}" for count, name in zip(counts, names, strict=True)]
    left_out = total - sum(counts)
    return ", ".join([*parts, f"{left_out:,} left out"] if left_out else parts)
