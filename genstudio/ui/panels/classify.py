"""Which class each sequence is told to be of, how often that is right, and what a discriminative rival reaches."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QComboBox, QFileDialog, QHBoxLayout, QLabel, QSplitter, QVBoxLayout, QWidget

from genstudio.applications.classification import Classified
from genstudio.data.reader import Watch
from genstudio.models.sequential import Classifies
from genstudio.runs.classes_sheet import sequence_keys, write_classes
from genstudio.runs.run import Run
from genstudio.training.events import Preview
from genstudio.ui.class_matrix import Cell
from genstudio.ui.class_sequences import ClassSequences
from genstudio.ui.class_words import PART_WORDS, RIVAL, explanation
from genstudio.ui.classifier_view import ClassifierView
from genstudio.ui.panel import Panel, PanelInfo
from genstudio.ui.plain_table import plain_label, quiet_button

Ints = NDArray[np.int64]

WAITING, LEARNING = "Waiting for the model…", "Learning…"


class ClassifyPanel(Panel):
    """Confusion matrices of the model and of its rival, and the sequences, the doubtful ones first."""

    info = PanelInfo(
        key="classify",
        title="Classify",
        icon="classes",
        order=36,
        help="Which class each sequence is told to be of: choose a cell of a matrix to list its sequences, and a "
        "sequence to see it. Logistic regression on the same sequences stands beside the model.",
        needs=Classifies,
        needs_run=True,
        doing="tell classes apart",
    )

    def build(self) -> None:
        """A line of controls; both classifiers with a word on them; the sequences, and the chosen one as lines."""
        self._run: Run | None = None
        self._found: Classified | None = None
        self._rival: Ints | None = None
        self._keys: tuple[str, ...] = ()
        self._cell_of_rival = False
        self.part = _parts()
        self.export_button = quiet_button(
            self.theme, "classify.export", "export", "Export…", "Export what is told of each sequence as CSV (Ctrl+E)"
        )
        self.own = ClassifierView(self.theme, "classify.model", "One HMM a class")
        self.rival = ClassifierView(self.theme, "classify.rival", RIVAL)
        self.title = plain_label("classify.words_title", "heading")
        self.title.setText("Two ways to tell")
        self.title.setIndent(0)
        self.words = plain_label("classify.words", title="Generative against discriminative")
        self.words.setWordWrap(True)
        self.sequences = ClassSequences(self.theme, self.model.pump, "classify")
        self._arrange()
        self._connect()
        self._allow()

    def unsuitable(self, run: Run | None) -> str:
        """As every panel; and the run must have its data, with labels."""
        reason = super().unsuitable(run)
        if not reason and run is not None and (run.data is None or run.data.labels is None):
            return "The labelled sequences of this run are not at hand. Open them again to classify them."
        return reason

    def run_changed(self, run: Run | None) -> None:
        """Look at another run."""
        if run is None or run.data is None or run is self._run:
            return
        same_data = self._run is not None and self._run.data is run.data
        self._run, self._found = run, None
        self.own.set_title(run.model.info.title)
        self.own.show_reason(WAITING)
        self._allow()
        if not same_data:
            self._begin(run)
        self.look("classified", self._on_classified, "classified")

    @property
    def classified(self) -> Classified | None:
        """What is shown, or None before anything is known."""
        return self._found

    def export(self) -> None:
        """Ask for a file, and write all sequences with what is told of them."""
        if self._found is None:
            self.model.messages.show("info", "No sequence is classified yet.", "Train a classifier, then export.")
            return
        name, _ = QFileDialog.getSaveFileName(self, "Export classes", "classes.csv", "CSV (*.csv)")
        if name:
            self.export_to(Path(name).with_suffix(".csv"))

    def export_to(self, path: Path) -> None:
        """Write all sequences with what is told of them as CSV, in the background."""
        if self._found is not None:
            keys = self._keys or tuple(str(place + 1) for place in self._found.place.tolist())
            work = partial(_write, path, self._found, keys, self._rival)
            self.model.pump.run(f"classify.export {path}", work, lambda count: self.model.messages.show(
                "info", f"Saved {count:,} sequences as {path.name} in {path.parent}."), self.model.messages.show_error)

    # Building.

    def _arrange(self) -> None:
        header = QHBoxLayout()
        header.setContentsMargins(12, 6, 8, 2)
        header.addWidget(self.part)
        header.addStretch(1)
        header.addWidget(self.export_button)
        above = _splitter("classify.classifiers", self.own, self.rival, _explained(self.title, self.words))
        above.setSizes([300, 300, 220])
        both = _splitter("classify.splitter", above, self.sequences)
        both.setOrientation(Qt.Orientation.Vertical)
        both.setSizes([330, 330])
        layout = QVBoxLayout(self.content)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addLayout(header)
        layout.addWidget(both, 1)

    def _connect(self) -> None:
        self.part.activated.connect(lambda _: self._show())
        self.own.matrix.cell_chosen.connect(lambda cell: self._on_cell(cell, of_rival=False))
        self.rival.matrix.cell_chosen.connect(lambda cell: self._on_cell(cell, of_rival=True))
        self.sequences.chosen.connect(self._on_chosen)
        self.export_button.clicked.connect(self.export)
        self.sequences.series.export_failed.connect(self.model.messages.show_error)

    # What is asked.

    def _begin(self, run: Run) -> None:
        """Other data: other sequences, and another rival."""
        assert run.data is not None
        self._rival, self._keys = None, ()
        self.own.matrix.choose(None)
        self.rival.matrix.choose(None)
        self.rival.show_reason(LEARNING)
        self.words.setText(explanation("", converged=True))
        self.sequences.clear()
        lengths = run.data.lengths or ()
        _offer(self.part, [len(part) for part in lengths])
        work = partial(_keys, run)
        self.model.pump.run("classify.keys", work, partial(self._on_keys, run), self.model.messages.show_error)
        asked = run.job.ask("rival", "classify.rival")
        self.model.pump.follow(asked, partial(self._on_rival, run), partial(self._on_no_rival, run))

    def _on_classified(self, preview: Preview) -> None:
        if self._run is None or self._run.data is None or self._run.data.labels is None:
            return
        self._found = Classified.of(self._run.data.labels.levels, preview.answer)
        self._show()
        self._allow()

    def _on_rival(self, run: Run, answer: dict[str, Any]) -> None:
        if not self._of_same_data(run):
            return
        self._rival = answer["told"]
        self.words.setText(explanation(str(answer["words"]), bool(answer["converged"])))
        self._show()

    def _on_no_rival(self, run: Run, error: BaseException) -> None:
        if self._of_same_data(run):
            self.rival.show_reason(str(error))

    def _on_keys(self, run: Run, keys: tuple[str, ...]) -> None:
        if self._of_same_data(run):
            self._keys = keys
            self._list()

    def _of_same_data(self, run: Run) -> bool:
        return self._run is not None and self._run.data is run.data

    # What is shown.

    def _show(self) -> None:
        if self._found is None:
            return
        part = int(self.part.currentData() or 0)
        self.own.show_classified(self._found, part)
        if self._rival is not None:
            self.rival.show_classified(self._found, part, self._rival)
        self._list()

    def _list(self) -> None:
        """The sequences of the part, or of the chosen cell."""
        if self._found is not None:
            part, cell = int(self.part.currentData() or 0), self._cell()
            places = self._found.listed(part, cell, self._rival if self._cell_of_rival else None)
            words = self._listed_words(len(places), part, cell)
            self.sequences.show_classified(self._found, places, self._keys, words)

    def _listed_words(self, count: int, part: int, cell: Cell | None) -> str:
        kind = f"{count:,} {PART_WORDS[part]} sequence{'s' * (count != 1)}"
        if cell is None or self._found is None:
            return f"{kind}, the doubtful ones first"
        true, told = (self._found.levels[code] for code in cell)
        by = f" by {RIVAL.lower()}" if self._cell_of_rival else ""
        return f"{kind} of {true}, told to be {told}{by}"

    def _cell(self) -> Cell | None:
        return (self.rival if self._cell_of_rival else self.own).matrix.cell

    def _on_cell(self, cell: Cell | None, of_rival: bool) -> None:
        self._cell_of_rival = of_rival and cell is not None
        (self.own if of_rival else self.rival).matrix.choose(None)
        self._list()

    def _on_chosen(self, part: int, place: int) -> None:
        if self._run is not None:
            asked = self._run.job.ask("one_sequence", "classify.sequence", part=part, place=place)
            self.model.pump.follow(asked, partial(self._on_sequence, self._run))

    def _on_sequence(self, run: Run, answer: dict[str, Any]) -> None:
        if self._of_same_data(run):
            self.sequences.show_sequence(int(answer["part"]), int(answer["place"]), answer["x"], run.preparation)

    def _allow(self) -> None:
        self.export_button.setEnabled(self._found is not None)


def _parts() -> QComboBox:
    combo = QComboBox()
    combo.setObjectName("classify.part")
    combo.setAccessibleName("Which sequences are classified")
    combo.setToolTip("Which sequences are classified")
    combo.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
    return combo


def _offer(combo: QComboBox, counts: list[int]) -> None:
    """Parts that have sequences; of those the one that was held out longest is chosen."""
    combo.clear()
    for part, count in enumerate(counts):
        if count:
            combo.addItem(f"{PART_WORDS[part].capitalize()}: {count:,} sequences", part)
    combo.setCurrentIndex(combo.count() - 1)


def _splitter(name: str, *widgets: QWidget) -> QSplitter:
    splitter = QSplitter()
    splitter.setObjectName(name)
    splitter.setChildrenCollapsible(False)
    for widget in widgets:
        splitter.addWidget(widget)
    return splitter


def _explained(title: QLabel, words: QLabel) -> QWidget:
    column = QWidget()
    column.setMinimumWidth(160)
    layout = QVBoxLayout(column)
    layout.setContentsMargins(12, 4, 10, 4)
    layout.setSpacing(2)
    layout.addWidget(title)
    layout.addWidget(words)
    layout.addStretch(1)
    return column


def _keys(run: Run, watch: Watch) -> tuple[str, ...]:
    assert run.data is not None
    watch(0.0, "Naming sequences")
    return sequence_keys(run.data, run.raw, run.recipe.data.preparation)


def _write(path: Path, found: Classified, keys: tuple[str, ...], rival: Ints | None, watch: Watch) -> int:
    watch(0.0, "Writing sequences")
    write_classes(path, found, keys, rival)
    return len(found.told)
