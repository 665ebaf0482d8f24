"""Sequences over time: a list of them, and the lines of one, or of all one after another."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QStackedWidget, QVBoxLayout, QWidget

from genstudio.data.dataset import Kind
from genstudio.data.reader import Watch
from genstudio.data.series_glance import SeriesGlance, counted, glance_series
from genstudio.errors import GenStudioError
from genstudio.ui.data_views.cells import shortened
from genstudio.ui.data_views.roles import label_name, with_kind
from genstudio.ui.data_views.sequence_fields import SequenceFields
from genstudio.ui.data_views.series_list import ALL, SeriesList
from genstudio.ui.plots.prepared_series import MOST_COLUMNS
from genstudio.ui.plots.series_plot import SeriesPlot
from genstudio.ui.session_model import SessionModel
from genstudio.ui.theme import Theme

_KEY = "data.series"
_INDEPENDENT = (
    "These rows are taken as independent of each other.\n\nAre they measured one after another? Then they can be "
    "learned as a sequence in time, or as many, told apart by a column."
)


class SeriesView(QWidget):
    """Draws what is chosen; rows are put in order in the background, and only while somebody looks."""

    def __init__(self, model: SessionModel, theme: Theme) -> None:
        super().__init__()
        self._model = model
        self._stale = True
        self._glance: SeriesGlance | None = None
        self.fields = SequenceFields(model, "data.series", self)
        self.list = SeriesList()
        self.plot = SeriesPlot(theme, "data.series.plot", pump=model.pump, legend=True)
        self.sentence = _sentence()
        self.take = self._make_take()
        self._pages = QStackedWidget()
        self._arrange()
        self.list.chosen.connect(self._show_chosen)
        self.plot.export_failed.connect(model.messages.show_error)
        self.take.clicked.connect(self._take_as_sequences)
        model.data_changed.connect(self._on_data_changed)
        self._on_data_changed()

    def showEvent(self, event: QShowEvent) -> None:
        """Somebody looks."""
        super().showEvent(event)
        self._look()

    def _on_data_changed(self) -> None:
        data = self._model.data
        sequential = data is not None and data.kind is Kind.SEQUENCES
        self._pages.setCurrentIndex(0 if sequential else 1)
        self._stale = True
        self._look()

    def _look(self) -> None:
        table, data = self._model.table, self._model.data
        if not self._stale or not self.isVisible() or table is None or data is None:
            return
        self._stale = False
        if data.kind is not Kind.SEQUENCES:
            self._model.pump.cancel(_KEY)
            return
        preparation = self._model.recipe.data.preparation

        def work(watch: Watch) -> SeriesGlance:
            return glance_series(table, data, preparation, MOST_COLUMNS, watch)

        self._model.pump.run(_KEY, work, self._show, self._on_failed)

    def _show(self, glance: SeriesGlance) -> None:
        self._glance = glance
        self.list.show_sequences(glance)
        self.plot.clear()
        # From sequence to sequence the heights stay comparable.
        self.plot.show_scales(glance.ends)
        self.sentence.setText(self._said(glance))
        self._show_chosen(self.list.place)

    def _show_chosen(self, place: int) -> None:
        glance = self._glance
        if glance is None:
            return
        every = place == ALL
        first, last = (0, int(glance.bounds[-1])) if every else (int(end) for end in glance.bounds[place:place + 2])
        # Times begin anew with every sequence, so that all after another are counted.
        times = None if every or glance.times is None else glance.times[first:last]
        self.plot.show_series(
            glance.values[first:last], glance.names, times, "row" if every else glance.time_name,
            lengths=glance.lengths if every else None, levels=glance.levels, dates=glance.dated and not every,
        )
        classes = None if glance.classes is None else glance.classes[first:last]
        self.plot.show_states(classes, words=glance.words)
        one = f"Sequence {shortened(glance.keys[place], 60)}" if len(glance.keys) > 1 else shortened(glance.keys[0], 60)
        self.plot.set_title(f"{len(glance.keys):,} sequences, one after another" if every else one)

    def _said(self, glance: SeriesGlance) -> str:
        """What was made of the rows, in words."""
        preparation = self._model.recipe.data.preparation
        made = counted(glance.lengths)
        told = [made[:1].upper() + made[1:]]
        if preparation.sequence is not None:
            told.append(f"told apart by `{shortened(preparation.sequence, 30)}`")
        if preparation.time is not None:
            told.append(f"ordered by `{shortened(preparation.time, 30)}`")
        gaps = int(glance.gaps.sum())
        told += [f"{gaps:,} row{'' if gaps == 1 else 's'} with missing values"] * bool(gaps)
        table = self._model.table
        label = None if table is None else label_name(table, preparation)
        more = f" The strip shows `{shortened(label, 30)}`." if label and glance.classes is not None else ""
        left = f" The first {len(glance.names)} of {len(glance.names) + glance.hidden:,} columns." * bool(glance.hidden)
        return f"{', '.join(told)}.{more}{left}"

    def _take_as_sequences(self) -> None:
        table = self._model.table
        if table is not None:
            self._model.edit_preparation(**with_kind(table, self._model.recipe.data.preparation, "sequences"))

    def _on_failed(self, error: BaseException) -> None:
        if not isinstance(error, GenStudioError):
            self._model.pump.failed.emit(error)
            return
        self._glance = None
        self.list.show_sequences(None)
        self.plot.clear()
        self.sentence.setText(str(error))

    def _make_take(self) -> QPushButton:
        button = QPushButton("Take them as sequences")
        button.setObjectName("data.series.take")
        button.setProperty("role", "primary")
        button.setAccessibleName("Take the rows as sequences in time")
        button.setToolTip("Columns that tell sequences and times are found by their names; they can be changed above")
        return button

    def _arrange(self) -> None:
        self._pages.addWidget(self._series_page())
        self._pages.addWidget(self._other_page())
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(6)
        layout.addLayout(self._field_row())
        layout.addWidget(self._pages, 1)

    def _field_row(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(8)
        fields = (("Rows are", self.fields.kind), ("Sequence", self.fields.sequence), ("Time", self.fields.time),
                  ("Split", self.fields.split))
        for title, combo in fields:
            label = QLabel(title)
            label.setProperty("role", "muted")
            label.setBuddy(combo)
            row.addWidget(label)
            row.addWidget(combo, 1)
        return row

    def _series_page(self) -> QWidget:
        page = QWidget()
        right = QVBoxLayout()
        right.setSpacing(6)
        right.addWidget(self.plot, 1)
        right.addWidget(self.sentence)
        row = QHBoxLayout(page)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(10)
        row.addWidget(self.list)
        row.addLayout(right, 1)
        return page

    def _other_page(self) -> QWidget:
        page = QWidget()
        words = QLabel(_INDEPENDENT)
        words.setObjectName("data.series.independent")
        words.setProperty("role", "empty")
        words.setAlignment(Qt.AlignmentFlag.AlignCenter)
        words.setWordWrap(True)
        column = QVBoxLayout(page)
        column.addStretch(1)
        column.addWidget(words)
        column.addSpacing(12)
        column.addWidget(self.take, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addStretch(1)
        return page


def _sentence() -> QLabel:
    label = QLabel()
    label.setObjectName("data.series.sentence")
    label.setProperty("role", "muted")
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setWordWrap(True)
    return label
