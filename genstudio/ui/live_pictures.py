"""Pictures while a model learns them: what it invents, remakes or maps, beside real ones."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

from numpy.typing import NDArray
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QSplitter, QToolButton, QVBoxLayout, QWidget

from genstudio.data.dataset import Dataset
from genstudio.models.capabilities import Latent, Samples
from genstudio.runs.question import evenly
from genstudio.runs.run import Run
from genstudio.ui.icons import bind_icon
from genstudio.ui.panel import Panel
from genstudio.ui.titled_grid import TitledGrid

Answer = Mapping[str, NDArray[Any]]
COUNT = 49
SAMPLE_SEED = 0
MANIFOLD_SIDE = 15
_VIEWS = {
    "samples": ("Samples", "sample", "What the model invents, always from the same random numbers"),
    "reconstructions": ("Reconstructions", "compare", "Held-out pictures, and what the model makes of each by way of "
                        "its latent space"),
    "manifold": ("Manifold", "warp", "What the two latent coordinates stand for, all over the map"),
}
_QUESTIONS: dict[str, tuple[str, dict[str, Any]]] = {
    "samples": ("sample", {"n": COUNT, "seed": SAMPLE_SEED}),
    "reconstructions": ("reconstructions", {"n": COUNT}),
    "manifold": ("manifold", {"n": MANIFOLD_SIDE}),
}
_NO_RUN = "Press Train: what the model invents appears here, and grows clearer as it learns."
_WAITING = "The first pictures appear as soon as the model has begun to learn."


class LivePictures(QWidget):
    """Two grids side by side: real pictures, and the model's.

    Arguments:
        panel: asks the questions, while somebody looks.
    """

    def __init__(self, panel: Panel) -> None:
        super().__init__()
        self._panel, self._theme = panel, panel.theme
        self._run: Run | None = None
        self._data: Dataset | None = None
        self.data = TitledGrid(panel.theme, "live.pictures.data", "Data")
        self.made = TitledGrid(panel.theme, "live.pictures.model")
        self._group = QButtonGroup(self)
        self._buttons = {view: self._button(view) for view in _VIEWS}
        self._buttons["samples"].setChecked(True)
        self._lay_out()
        for titled, other in ((self.data, self.made), (self.made, self.data)):
            titled.grid.export_failed.connect(panel.model.messages.show_error)
            titled.grid.clicked.connect(partial(self._on_clicked, other))

    @property
    def view(self) -> str:
        """What is looked at: "samples", "reconstructions" or "manifold"."""
        return next(view for view, button in self._buttons.items() if button.isChecked())

    def show_run(self, run: Run | None, data: Dataset | None) -> None:
        """Look at another run, or at one that ended.

        Arguments:
            data: pictures, prepared; None where they are not at hand.
        """
        if run is not self._run or data is not self._data:
            self._run, self._data = run, data
            self._clear_made()
            self._show_data()
        for view, button in self._buttons.items():
            reason = "" if run is None else self._why_not(view)
            button.setEnabled(not reason)
            button.setToolTip(reason or _VIEWS[view][2])
        if run is not None and self._why_not(self.view):
            self._buttons["samples"].setChecked(True)
        self._look()

    def leave(self) -> None:
        """Nothing is asked any more, as other things than pictures are looked at."""
        self._run = self._data = None
        for view in _VIEWS:
            self._panel.look_away(view)

    # Inner workings.

    def _look(self) -> None:
        view = self.view
        for other in _VIEWS:
            if other != view:
                self._panel.look_away(other)
        self.data.setVisible(view != "manifold")
        if self._run is not None and not self._why_not(view):
            question, arguments = _QUESTIONS[view]
            self._panel.look(view, lambda preview: self._on_answered(view, preview.answer, preview.step), question,
                             **arguments)

    def _show_data(self) -> None:
        data = self._data
        self.data.set_title("Data" if data is None else f"Data · {data.name}")
        if data is not None:
            self.data.grid.set_pictures(data.train[evenly(len(data.train), COUNT)])
        else:
            self.data.grid.set_pictures(self.data.grid.pictures[:0])
            self.data.grid.set_hint("The pictures that this run learned from are not at hand.")

    def _on_answered(self, view: str, answer: Answer, step: int) -> None:
        run = self._run
        if run is None or view != self.view or answer["x"].ndim != 4:
            # Of a run or a view that was looked at before.
            return
        if view == "reconstructions":
            self.data.set_title("Held-out pictures" if self._held_out else "Pictures")
            self.data.grid.set_pictures(answer["x"])
        made = answer["reconstruction" if view == "reconstructions" else "x"]
        self.made.grid.set_pictures(made, MANIFOLD_SIDE if view == "manifold" else None)
        self.made.set_title(f"{run.model.info.title} · {view} · step {step:,}")

    def _clear_made(self) -> None:
        run = self._run
        self.made.grid.set_pictures(self.made.grid.pictures[:0])
        self.made.set_title("Model: press Train" if run is None else run.model.info.title)
        self.made.grid.set_hint(_NO_RUN if run is None else _WAITING)

    @property
    def _held_out(self) -> bool:
        return self._data is not None and len(self._data.valid) > 0

    def _why_not(self, view: str) -> str:
        """Why the shown run cannot give a view, or ""."""
        run = self._run
        if run is None:
            return "Train a model first."
        needed = Samples if view == "samples" else Latent
        if not run.offers(needed):
            return f"{run.model.info.title} has no {'samples' if view == 'samples' else 'latent space'}."
        if view == "manifold" and run.recipe.model.settings.get("latent_dim") != 2:
            return "The latent space has other than two dimensions."
        return "Its data are not at hand." if view == "reconstructions" and run.data is None else ""

    def _on_view_chosen(self) -> None:
        for titled in (self.data, self.made):
            titled.grid.set_selected([])
        self._clear_made()
        self._show_data()
        self._look()
        model = self._panel.model
        if self._run is not None and self._run.history.step and model.watching.step is None:
            self._ask(self._run, self.view)

    def _on_clicked(self, other: TitledGrid, index: int) -> None:
        """A picture and what the model makes of it are marked together."""
        other.grid.set_selected([index] if self.view == "reconstructions" else [])

    def _ask(self, run: Run, view: str) -> None:
        """Whoever chooses another view should not wait until looking may take its next share of the training."""
        def answered(answer: Answer) -> None:
            self._on_answered(view, answer, run.history.step)

        question, arguments = _QUESTIONS[view]
        self._panel.model.ask(question, answered, "live.asked", **arguments)

    def _button(self, view: str) -> QToolButton:
        title, symbol, tip = _VIEWS[view]
        button = QToolButton()
        button.setObjectName(f"live.view.{view}")
        button.setText(title)
        button.setAccessibleName(title)
        button.setToolTip(tip)
        button.setCheckable(True)
        button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        bind_icon(button, self._theme, symbol)
        self._group.addButton(button)
        button.clicked.connect(self._on_view_chosen)
        return button

    def _lay_out(self) -> None:
        row = QHBoxLayout()
        row.setContentsMargins(12, 6, 12, 4)
        row.setSpacing(4)
        for button in self._buttons.values():
            row.addWidget(button)
        row.addStretch(1)
        both = QSplitter(Qt.Orientation.Horizontal)
        both.setObjectName("live.pictures.splitter")
        for place, titled in enumerate((self.data, self.made)):
            both.addWidget(titled)
            both.setStretchFactor(place, 1)
            both.setCollapsible(place, True)
        both.setSizes([1000, 1000])
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addLayout(row)
        layout.addWidget(both, 1)
