"""Draws of one column given others: marked under the density, and into a file."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QLabel, QSpinBox, QWidget

from genstudio.data.preparation import Preparation
from genstudio.data.reader import Watch
from genstudio.errors import GenStudioError
from genstudio.runs.export import check_format, write_samples
from genstudio.ui.plain_table import quiet_button
from genstudio.ui.session_model import SessionModel
from genstudio.ui.theme import Theme
from genstudio.ui.what_if_model import WhatIf

Array = NDArray[Any]
MOST, MARKED, FIRST = 1_000_000, 150, 1000
FORMATS = {"CSV (*.csv)": ".csv", "NumPy (*.npz)": ".npz"}


class WhatIfDraws(QWidget):
    """How many, a button that draws them, and one that saves them.

    Signals:
        drawn: values of the asked column, shape (n,).
    """

    drawn = Signal(object)

    def __init__(self, session: SessionModel, state: WhatIf, theme: Theme, prefix: str) -> None:
        super().__init__()
        self._session, self._state = session, state
        self._seed = -1
        self._preparation: Preparation | None = None
        self.count = QSpinBox()
        self.count.setRange(1, MOST)
        self.count.setValue(FIRST)
        self.count.setGroupSeparatorShown(True)
        self.count.setObjectName(f"{prefix}.draws")
        self.count.setAccessibleName("How many draws")
        self.count.setToolTip("How many draws of the column asked about, given what is fixed")
        self.draw = quiet_button(theme, f"{prefix}.draw", "random", "Draw", "Draw so many anew, and mark some of them "
                                 "under the density")
        self.save = quiet_button(theme, f"{prefix}.export", "export", "Export…", "Save so many draws, with what is "
                                 "fixed beside them (Ctrl+E)")
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        for widget in (QLabel("Draws"), self.count, self.draw, self.save):
            layout.addWidget(widget)
        self.draw.clicked.connect(self._on_draw)
        self.save.clicked.connect(self.export)

    def begin(self, preparation: Preparation) -> None:
        """Draw what another run's model says."""
        self._preparation, self._seed = preparation, -1

    def export(self) -> None:
        """Ask for a file, and write draws to it."""
        name, kind = QFileDialog.getSaveFileName(self, "Export draws", "draws.csv", ";;".join(FORMATS))
        if name:
            path = Path(name)
            self.export_to(path if path.suffix else path.with_suffix(FORMATS.get(kind, ".csv")))

    def export_to(self, path: Path) -> None:
        """Draw so many and write them, in the background."""
        try:
            check_format(path)
        except GenStudioError as error:
            self._session.messages.show_error(error)
            return
        self._ask(partial(self._write, path, [*sorted(self._state.fixed), self._state.asked]))

    def _on_draw(self) -> None:
        self._seed += 1
        self._ask(lambda answer: self.drawn.emit(answer["x"][:MARKED, -1]))

    def _ask(self, done: Any) -> None:
        run = self._session.current
        if run is not None and self._state.known:
            asked = run.job.ask("conditional_draws", None, n=self.count.value(), seed=max(self._seed, 0),
                                **self._state.question())
            self._session.pump.follow(asked, done, self._session.messages.show_error)

    def _write(self, path: Path, columns: list[int], answer: dict[str, Array]) -> None:
        if self._preparation is not None:
            work = partial(_write_file, path, self._preparation.part(columns), answer["x"])
            self._session.pump.run(f"what_if.export {path}", work, lambda _: self._session.messages.show(
                "info", f"Saved {len(answer['x']):,} draws as {path.name} in {path.parent}."
            ), self._session.messages.show_error)


def _write_file(path: Path, preparation: Preparation, x: Array, watch: Watch) -> None:
    write_samples(path, preparation, x, np.full(len(x), -1))
