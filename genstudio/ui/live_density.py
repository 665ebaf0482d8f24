"""A model's density while it learns: exact where it is known, a bound where only that is; and its latent grid."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from genstudio.applications.scores import without_likelihood
from genstudio.models.capabilities import Bound, Components, Density, Latent, Marginals
from genstudio.runs.run import Run
from genstudio.training.events import Preview
from genstudio.ui.elided_label import ElidedLabel
from genstudio.ui.live_errors import ErrorLook
from genstudio.ui.panel import Panel
from genstudio.ui.plots.binning import Bounds, cell_centres
from genstudio.ui.plots.line_view import LineView
from genstudio.ui.plots.stage import Stage
from genstudio.ui.watching import look_seconds, look_steps

Array = NDArray[Any]
GRID = (128, 128)
BOUND_GRID = (48, 48)
BOUND_DRAWS = 8
HOVER_DRAWS = 256
LINE_POINTS = 512
LINE_SAMPLES = 10_000
BOUND_LINE = (128, 128)
"""Points along a line, and draws for each: fewer would leave it ragged."""
LATENT_GRID = 25


class DensityLook:
    """Keeps the density of the shown run drawn on a stage, or along a line.

    Arguments:
        panel: asks the questions, while somebody looks.
    """

    def __init__(self, panel: Panel, stage: Stage, line: LineView) -> None:
        self._panel, self._stage, self._line = panel, stage, line
        self._run: Run | None = None
        self._width = self._steps = 0
        self._family = ""
        self._columns: Sequence[int] = (0, 1)
        self._errors = ErrorLook(panel, stage)
        self.sentence = ElidedLabel()
        self.sentence.setObjectName("live.bound")
        self.sentence.setProperty("role", "muted")
        self.sentence.setContentsMargins(0, 6, 0, 4)
        self.sentence.hide()

    def show_run(self, run: Run | None, width: int) -> None:
        """Draw another run.

        Arguments:
            width: columns that the model learns.
        """
        self._run, self._width, self._steps = run, width, 0
        self._errors.show_run(run, width)
        self._say()
        exact = run is None or run.offers(Density)
        self._stage.set_layer_title("heat", "Density" if exact else "Bound of the density (IWAE)")
        layers = self._layers()
        self._stage.offer_layers(layers)
        if run is not None and run.recipe.model.name != self._family:
            self._family = run.recipe.model.name
            if "heat" not in layers:
                # Nothing else would show what the model believes.
                self._stage.set_layer_visible("samples", True)
            # Where all of the density is known, the grid would hide it.
            self._stage.set_layer_visible("latent", not self._knows(Density))

    def leave(self) -> None:
        """Nothing is asked any more."""
        for name in ("density", "line", "latent"):
            self._panel.look_away(name)
        self._errors.leave()

    def look_over(self, columns: Sequence[int]) -> None:
        """Look at the density over two columns, in the stage's view."""
        self._panel.look_away("line")
        self._columns = columns
        bounds, run = self._stage.bounds(), self._run
        seen = any(self._stage.is_layer_visible(name) for name in ("heat", "contours"))
        if seen and run is not None and self._exact:
            self._panel.look("density", self._on_density, "density_grid", bounds=bounds, shape=GRID, columns=columns,
                             seconds=look_seconds(run), steps=look_steps(run))
        elif seen and self._bounded:
            self._panel.look("density", self._on_bound, "bound_grid", bounds=bounds, shape=BOUND_GRID, k=BOUND_DRAWS)
        else:
            self._panel.look_away("density")
        self._errors.look()
        self._look_at_latent()

    def on_layer_toggled(self, layer: str, visible: bool) -> None:
        """A person switched a layer on or off; what is to be seen now is looked at."""
        if layer == "errors":
            self._errors.uncover(visible)
        self.look_over(self._columns)

    def look_along(self) -> None:
        """Look at the density along the one column, in the line's view."""
        for name in ("density", "latent"):
            self._panel.look_away(name)
        ends = self._line.bounds()[:2]
        if self._knows(Bound) and not self._knows(Density):
            self._panel.look(
                "line", self._on_bound_line, "bound_line", bounds=ends, n=BOUND_LINE[0], k=BOUND_LINE[1]
            )
        elif self._run is None or self._knows(Density):
            self._panel.look("line", self._on_line, "density_line", bounds=ends, n=LINE_POINTS)
        else:
            self._panel.look("line", self._on_line_samples, "sample", n=LINE_SAMPLES, seed=0)

    def ask_at(self, x: float, y: float, columns: Sequence[int], done: Callable[[str], None]) -> None:
        """Tell in words how likely a point is, as soon as the model has answered; nothing where it cannot."""
        model, point = self._panel.model, np.array([[x, y]])
        if self._exact:
            def exact(answer: Any) -> None:
                found = float(answer["log_prob"][0])
                done(f"log p {found:.3f} nats{self._errors.words(x, y, found)}")

            model.ask("marginal_log_prob", exact, key="live.hover", x=point, columns=columns)
        elif self._bounded:
            def bound(answer: Any) -> None:
                found = float(answer["log_prob_bound"][0])
                done(f"log p ≥ {found:.2f} nats{self._errors.words(x, y, found)}")

            model.ask("log_prob_bound", bound, key="live.hover", x=point, k=HOVER_DRAWS)

    # Inner workings.

    @property
    def _exact(self) -> bool:
        """Whether the density can be drawn: of more columns, the others must be integrated out."""
        return self._knows(Density) and (self._width == 2 or self._knows(Marginals))

    @property
    def _bounded(self) -> bool:
        """Whether a bound can be drawn: other columns cannot be integrated out of it."""
        return self._knows(Bound) and not self._knows(Density) and self._width == 2

    @property
    def _warped(self) -> bool:
        """Whether the model has a plane of latent points that can be laid over the data."""
        settings = {} if self._run is None else self._run.recipe.model.settings
        # Without a size of its own, a latent space has as many coordinates as the data.
        return self._knows(Latent) and settings.get("latent_dim", self._width) in (1, 2) and self._width >= 2

    def _knows(self, capability: type[Any]) -> bool:
        return self._run is not None and self._run.offers(capability)

    def _say(self) -> None:
        words = self._words()
        self.sentence.setText(words)
        self.sentence.setVisible(bool(words))

    def _words(self) -> str:
        if self._knows(Density) and not self._exact and self._width > 2:
            return "This model cannot integrate columns out, so that its density over two of them alone is not drawn."
        if self._knows(Density) and self._steps:
            return f"Drawn with {self._steps} steps of the solver, so that it is quick; figures take all of them."
        if not self._knows(Bound):
            return "" if self._run is None else without_likelihood(self._run.model.info.title, self._run.offers)
        if self._knows(Density):
            return ""
        if self._width > 2:
            return "This model knows only a bound of its density, which cannot be drawn over two of the columns alone."
        draws = BOUND_LINE[1] if self._width == 1 else BOUND_DRAWS
        return f"This model knows only a bound of its density: drawn is the IWAE bound of {draws} draws."

    def _layers(self) -> list[str]:
        found = ["data", "samples"]
        found += ["heat", "contours"] if self._run is None or self._exact else []
        found += ["heat"] if self._bounded else []
        found += ["errors"] if self._errors.offered else []
        found += ["components"] if self._run is None or self._knows(Components) else []
        return [*found, "latent"] if self._warped else found

    def _look_at_latent(self) -> None:
        if self._warped and self._stage.is_layer_visible("latent"):
            self._panel.look("latent", self._on_latent, "manifold", n=LATENT_GRID)
        else:
            self._panel.look_away("latent")
            if not self._warped:
                self._stage.set_latent_grid(np.empty((0, 0, 2)))

    def _on_density(self, preview: Preview) -> None:
        if self._steps != int(preview.answer["steps"]):
            self._steps = int(preview.answer["steps"])
            self._say()
        draw_grid(self._stage, tuple(preview.answer["bounds"]), preview.answer["log_prob"])

    def _on_bound(self, preview: Preview) -> None:
        draw_grid(self._stage, tuple(preview.answer["bounds"]), preview.answer["log_prob_bound"], lines=False)

    def _on_line(self, preview: Preview) -> None:
        self._line.set_density(preview.answer["x"], preview.answer["log_prob"])

    def _on_bound_line(self, preview: Preview) -> None:
        self._line.set_density(preview.answer["x"], preview.answer["log_prob_bound"])

    def _on_line_samples(self, preview: Preview) -> None:
        """Where no density is known, how samples are spread stands in for it."""
        if preview.answer["x"].shape[1:] == (1,):
            self._line.set_samples(preview.answer["x"][:, 0])

    def _on_latent(self, preview: Preview) -> None:
        x = preview.answer["x"]
        if x.ndim == 2 and x.shape[1] == self._width:
            self._stage.set_latent_grid(x[:, list(self._columns)].reshape(LATENT_GRID, LATENT_GRID, 2))


def draw_grid(stage: Stage, bounds: Bounds, log_density: Array, lines: bool = True) -> None:
    """Show a log-density, shape (ny, nx), over bounds x0, x1, y0, y1; with contours or without."""
    xs, ys = cell_centres(bounds, log_density.shape)
    stage.set_density(xs, ys, log_density, lines)

