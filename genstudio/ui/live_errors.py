"""Where a model errs against a truth that is known, as a layer of the stage."""

from __future__ import annotations

import numpy as np

from genstudio.models.capabilities import Density
from genstudio.runs.run import Run
from genstudio.training.events import Preview
from genstudio.ui.panel import Panel
from genstudio.ui.plots.binning import cell_centres
from genstudio.ui.plots.stage import Stage
from genstudio.ui.truth_gap import can_measure
from genstudio.ui.watching import look_seconds, look_steps

GRID, BOUND_GRID = (128, 128), (48, 48)
BOUND_DRAWS = 8
COVERING = ("data", "samples", "heat", "contours", "latent")
"""Layers that would hide the map, and are put away while it is seen."""


class ErrorLook:
    """Keeps the map of errors of the shown run drawn, while its layer is switched on.

    Arguments:
        panel: asks the questions, while somebody looks.
    """

    def __init__(self, panel: Panel, stage: Stage) -> None:
        self._panel, self._stage = panel, stage
        self._run: Run | None = None
        self._width = 0
        self._covered: list[str] = []
        stage.set_layer_visible("errors", False)

    @property
    def offered(self) -> bool:
        """Whether the shown run has a map of errors."""
        return self._run is not None and self._width == 2 and can_measure(self._run)

    def show_run(self, run: Run | None, width: int) -> None:
        """Draw another run.

        Arguments:
            width: columns that the model learns.
        """
        if run is not self._run:
            self._stage.errors.set(None)
        self._run, self._width = run, width
        if not self.offered and self._stage.is_layer_visible("errors"):
            self._stage.set_layer_visible("errors", False)
            self.uncover(False)

    def uncover(self, seen: bool) -> None:
        """Put away what would hide the map as it begins to be seen, and bring that back afterwards."""
        if seen:
            self._covered = [name for name in COVERING if self._stage.is_layer_visible(name)]
        for name in self._covered:
            self._stage.set_layer_visible(name, not seen)

    def look(self) -> None:
        """Look at the map in the stage's view, if it is switched on."""
        run = self._run
        if run is None or not self.offered or not self._stage.is_layer_visible("errors"):
            self.leave()
            return
        exact = run.offers(Density)
        self._panel.look(
            "errors", self._on_errors, "log_ratio_grid", bounds=self._stage.bounds(),
            shape=GRID if exact else BOUND_GRID, k=BOUND_DRAWS, seconds=look_seconds(run), steps=look_steps(run),
        )

    def leave(self) -> None:
        """Nothing is asked any more."""
        self._panel.look_away("errors")

    def words(self, x: float, y: float, log_prob: float) -> str:
        """How a model's log-density at a point compares with the true one; "" where that is not known."""
        run = self._run
        if run is None or not self.offered or run.data is None or run.data.truth is None:
            return ""
        true = float(run.data.truth.log_prob(np.array([[x, y]]))[0])
        if not np.isfinite(true):
            return "  the truth is 0 here"
        least = "" if run.offers(Density) else "≥ "
        return f"  against the truth {least}{log_prob - true:+.3f} nats (× {least}{np.exp(log_prob - true):.3g})"

    def _on_errors(self, preview: Preview) -> None:
        ratio = preview.answer["log_ratio"]
        xs, ys = cell_centres(tuple(preview.answer["bounds"]), ratio.shape)
        bound = bool(preview.answer["bound"])
        self._stage.set_errors(xs, ys, ratio, float(preview.answer["typical"]), bound=bound)
