"""The stage: what the model believes now, beside the data."""

from __future__ import annotations

from functools import cached_property

from PySide6.QtWidgets import QStackedLayout

from genstudio.data.dataset import Dataset, Kind
from genstudio.runs.run import Run
from genstudio.ui.live_pictures import LivePictures
from genstudio.ui.live_points import LivePoints
from genstudio.ui.live_sequences import LiveSequences
from genstudio.ui.panel import Panel, PanelInfo
from genstudio.ui.plots.stage import Stage


class LivePanel(Panel):
    """Rows of tables, pictures or sequences, as the model learns them."""

    info = PanelInfo(
        key="live",
        title="Live",
        icon="density",
        order=20,
        help="What the model believes now, beside the data. Of tables: its density and samples, and the truth. "
        "Of pictures: samples, reconstructions and the map of its latent space. "
        "Of sequences: the hidden state of each row, and how states turn into each other. "
        "Drag a component's handles after training to change it by hand.",
    )

    def build(self) -> None:
        """The view of points; that of pictures is made when there are some."""
        self._views = QStackedLayout(self.content)
        self.points = LivePoints(self)
        self._views.addWidget(self.points)
        self.model.data_changed.connect(self._show)
        self.model.advanced.connect(self._on_advanced)
        self._show()

    @cached_property
    def pictures(self) -> LivePictures:
        """The view of pictures."""
        made = LivePictures(self)
        self._views.addWidget(made)
        return made

    @cached_property
    def sequences(self) -> LiveSequences:
        """The view of sequences."""
        made = LiveSequences(self)
        self._views.addWidget(made)
        return made

    @property
    def stage(self) -> Stage:
        """The model's stage in the view of points."""
        return self.points.stage

    @property
    def data(self) -> Dataset | None:
        """What the shown run learned from, or what the next one will; None where that is not at hand."""
        run = self.model.current
        return self.model.data if run is None else run.data

    def run_changed(self, run: Run | None) -> None:
        """Look at another run, or at one that ended."""
        self._show()

    def export(self) -> None:
        """Offer the formats in which the stage can be written."""
        middle = self.mapToGlobal(self.rect().center())
        if self._kind() is Kind.IMAGES:
            self.pictures.made.grid.context_menu().popup(middle)
        elif self._kind() is Kind.SEQUENCES:
            self.sequences.front.context_menu().popup(middle)
        else:
            self.points.front.context_menu().popup(middle)

    def unsuitable(self, run: Run | None) -> str:
        """Rows, pictures and sequences are drawn here."""
        if self._kind() not in (Kind.TABLE, Kind.IMAGES, Kind.SEQUENCES):
            return "This panel draws rows of tables, pictures and sequences."
        return super().unsuitable(run)

    def _kind(self) -> Kind:
        run = self.model.current
        if run is not None and run.data is None:
            return run.preparation.kind
        return Kind.TABLE if self.data is None else self.data.kind

    def _show(self) -> None:
        run, kind = self.model.current, self._kind()
        if kind is not Kind.TABLE:
            self.points.leave()
        if kind is not Kind.IMAGES and "pictures" in self.__dict__:
            self.pictures.leave()
        if kind is not Kind.SEQUENCES and "sequences" in self.__dict__:
            self.sequences.leave()
        view = self._view(kind)
        self._views.setCurrentWidget(view)
        view.show_run(run, self.data)

    def _view(self, kind: Kind) -> LivePoints | LivePictures | LiveSequences:
        """What shows data of a kind."""
        if kind is Kind.IMAGES:
            return self.pictures
        return self.sequences if kind is Kind.SEQUENCES else self.points

    def _on_advanced(self, run: Run) -> None:
        if run is not self.model.current:
            return
        if self._kind() is Kind.TABLE:
            self.points.retitle(run)
        elif self._kind() is Kind.SEQUENCES:
            self.sequences.retitle(run)
