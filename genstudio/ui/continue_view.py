"""What the views of forecasts, gaps and sampled sequences share: a sequence, a question, a sentence, and export."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import Any, ClassVar

from numpy.typing import NDArray
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QFileDialog, QVBoxLayout, QWidget

from genstudio.errors import GenStudioError
from genstudio.runs.export import check_format
from genstudio.runs.run import Run
from genstudio.runs.whole_series import WholeSequence, WholeSeries
from genstudio.settings import Settings
from genstudio.ui.number_row import NumberRow
from genstudio.ui.panel import Panel
from genstudio.ui.plots.series_plot import SeriesPlot
from genstudio.ui.sentence import Sentence

Array = NDArray[Any]
Answer = Mapping[str, Array]
SETTLED_MS = 300
"""A question that has stood so long is answered again and again as the model changes."""
SINGLE, SINGLE_SYMBOLS = 5, 40
"""So many draws are seen one by one: more would hide the bands, and the truth. Symbols have no bands to be hidden."""
FORMATS = {"CSV (*.csv)": ".csv", "NumPy (*.npz)": ".npz"}


class ContinueView(QWidget):
    """One of the views; it asks while it is seen, and shows what is answered.

    Arguments:
        panel: asks, and knows the shown run.
        kind: numbers that are typed.
    """

    key: ClassVar[str]
    question: ClassVar[str]
    plots: tuple[SeriesPlot, ...] = ()

    def __init__(self, panel: Panel, kind: type[Settings]) -> None:
        super().__init__()
        self.panel, self.theme, self.session = panel, panel.theme, panel.model
        self.run: Run | None = None
        self.series: WholeSeries | None = None
        self.sequence: WholeSequence | None = None
        self._place = 0
        self._seen = False
        self.numbers = NumberRow(kind, f"continues.{self.key}")
        self.sentence = Sentence(f"continues.{self.key}_sentence", "What is seen")
        self._settled = QTimer(self, singleShot=True, interval=SETTLED_MS)
        self._settled.timeout.connect(self._follow)
        self.numbers.changed.connect(self.ask)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(2)

    # What children say.

    def begin(self) -> None:
        """Another sequence is shown, or none."""

    def arguments(self) -> dict[str, Any] | None:
        """What is asked now; None where nothing can be."""
        return None

    def show_answer(self, answer: Answer) -> None:
        """Show what was answered."""

    def export_arguments(self) -> dict[str, Any] | None:
        """What is asked for a file."""
        return self.arguments()

    def writing(self, path: Path, answer: Answer) -> tuple[Callable[[], None], str] | None:
        """What writes an answer to a file, and what that is; None where there is nothing to write."""
        return None

    # What the panel asks for.

    @property
    def symbols(self) -> list[bool]:
        """Of each column, whether it holds codes of words."""
        assert self.run is not None
        return [bool(column.levels) for column in self.run.preparation.columns]

    @property
    def settling(self) -> bool:
        """Whether what is asked has not stood for long yet, and is not asked again when the model changes."""
        return self._settled.isActive()

    @property
    def single(self) -> int:
        """Draws that are seen one by one."""
        return SINGLE_SYMBOLS if any(self.symbols) else SINGLE

    def show_run(self, run: Run, series: WholeSeries | None, place: int) -> None:
        """Show one sequence of a run's data, by its place; None while they are not at hand."""
        self.run, self.series, self._place = run, series, place
        self.sequence = None if series is None else series.sequence(place)
        self.sentence.setText("")
        self.begin()
        self.ask()

    def set_seen(self, seen: bool) -> None:
        """Ask from now on, or no longer."""
        if seen != self._seen:
            self._seen = seen
            self.ask()

    def ask(self) -> None:
        """Ask at once, and then again whenever the model changes."""
        self._settled.stop()
        self.panel.look_away(self.key)
        run, arguments = self.run, self.arguments() if self._seen and self.run is not None else None
        if run is None or arguments is None:
            return
        if run.status.ended or run.history.step:
            self.session.ask(self.question, partial(self._on_answer, self.sequence), key=f"continues.{self.key}",
                             **arguments)
        self._settled.start()

    def export(self) -> None:
        """Ask for a file, and write all draws to it."""
        if self.run is None or self.export_arguments() is None:
            self.session.messages.show("info", "There is nothing to export here.", "Open the data of the run again.")
            return
        name, kind = QFileDialog.getSaveFileName(self, "Export", f"{self.key}.csv", ";;".join(FORMATS))
        if name:
            path = Path(name)
            self.export_to(path if path.suffix else path.with_suffix(FORMATS.get(kind, ".csv")))

    def export_to(self, path: Path) -> None:
        """Draw anew for a file, and write it in the background."""
        run, arguments = self.run, self.export_arguments()
        if run is None or arguments is None:
            return
        try:
            check_format(path)
        except GenStudioError as error:
            self.session.messages.show_error(error)
            return
        asked = run.job.ask(self.export_question, None, **arguments)
        self.session.pump.follow(asked, partial(self._write, path), self.session.messages.show_error)

    @property
    def export_question(self) -> str:
        """What is asked for a file."""
        return self.question

    # Inner workings.

    def _follow(self) -> None:
        arguments = self.arguments()
        if self._seen and arguments is not None:
            sequence = self.sequence
            self.panel.look(self.key, lambda preview: self._on_answer(sequence, preview.answer), self.question,
                            **arguments)

    def _on_answer(self, sequence: WholeSequence | None, answer: Answer) -> None:
        if sequence is self.sequence and self._seen:
            self.show_answer(answer)

    def _write(self, path: Path, answer: Answer) -> None:
        found = self.writing(path, answer)
        if found is None:
            return
        work, what = found
        self.session.pump.run(
            f"continues.export {path}", lambda watch: work(),
            lambda _: self.session.messages.show("info", f"Saved {what} as {path.name} in {path.parent}."),
            self.session.messages.show_error,
        )
