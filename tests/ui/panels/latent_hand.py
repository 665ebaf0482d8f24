"""A person at the Latent panel: autoencoders that have learned already, and one that learns."""

from __future__ import annotations

from typing import Any

import numpy as np
from PySide6.QtCore import QPointF, Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from genstudio.data.pictures import Pictures, Raw
from genstudio.data.preparation import PreparationSettings, prepare
from genstudio.data.table import points_table
from genstudio.models.registry import model, models
from genstudio.runs.learned import Learned
from genstudio.runs.recipe import DataRecipe, ModelRecipe, Recipe
from genstudio.runs.run import Run, learned_run
from genstudio.ui.panels.latent import LatentPanel
from genstudio.ui.session_model import SessionModel
from tests.patience import PATIENCE_MS
from tests.ui.panels.mixture_hand import Hand

SMALL = {"architecture": "mlp", "hidden_features": (24,), "max_epochs": 2}
LEFT = Qt.MouseButton.LeftButton


def bars(n: int = 240, labels: bool = True) -> Pictures:
    """Pictures of 8 × 8 pixels: bars that lie or stand, somewhere."""
    rng = np.random.default_rng(0)
    codes, place = rng.integers(2, size=n), rng.integers(1, 6, size=n)
    pixels = np.zeros((n, 8, 8, 1), np.uint8)
    for k in range(n):
        (pixels[k] if codes[k] else pixels[k].transpose(1, 0, 2))[place[k]:place[k] + 2, 1:7] = 255
    return Pictures("bars", pixels, codes if labels else None, ("standing", "<b>lying</b>") if labels else ())


def arc(n: int = 300) -> Any:
    """A table of two columns of very different units."""
    rng = np.random.default_rng(1)
    angle = rng.uniform(0, np.pi, n)
    x = np.column_stack([np.cos(angle), 100 * np.sin(angle)]) + rng.normal(0, [0.05, 5.0], (n, 2))
    return points_table("arc", x, names=("width", "height"))


def learned(raw: Raw, at_hand: bool = True, **settings: Any) -> Run:
    """An autoencoder that has gone through some data twice; as a file holds it, where they are not at hand."""
    scaling = "none" if isinstance(raw, Pictures) else "standard"
    preparation = PreparationSettings(valid=0.1, test=0.1, scaling=scaling)
    data = prepare(raw, preparation, 0)
    values = {**SMALL, **settings}
    learner = model("vae")(model("vae").Settings(**values))
    for _ in learner.fit(data, learner.live_settings(), 0):
        pass
    recipe = Recipe(
        seed=0, data=DataRecipe(source="drawing", preparation=preparation),
        model=ModelRecipe(name="vae", settings=learner.settings.model_dump(mode="json")),
    )
    known = Learned(1, learner.state(), {})
    return learned_run("vae", recipe, data.preparation, data if at_hand else None, known, raw=raw if at_hand else None)


class LatentHand(Hand):
    """Walks in latent spaces."""

    panel: LatentPanel

    def __init__(self, panel: LatentPanel, model: SessionModel, qtbot: QtBot) -> None:
        super().__init__(panel, model, qtbot)
        self.model.set_models(models())

    def show(self, run: Run) -> Run:
        """Show a run, and wait until its space is known and drawn."""
        self.model.add_run(run)
        self.until(lambda: self.panel.latent.known and self.settled())
        if run.data is not None:
            self.until(lambda: len(self.panel.latent.items) > 0)
        return run

    def settled(self) -> bool:
        """Whether what is shown is the decoding of the point where one is."""
        return np.array_equal(self.panel.item.decoded_of, self.panel.latent.z[None])

    def decoded(self, z: np.ndarray) -> np.ndarray:
        """What the shown model decodes points to."""
        run = self.model.current
        assert run is not None
        return run.job.ask("decode", z=np.atleast_2d(z)).result(PATIENCE_MS / 1000)["x"]

    def page(self, page: Any) -> None:
        """Bring a page to the front."""
        self.panel.pages.setCurrentWidget(page)
        self.until(page.isVisible)

    def press(self, x: float, y: float, modifier: Any = Qt.KeyboardModifier.NoModifier) -> None:
        """Click on a latent point of the map."""
        QTest.mouseClick(self.viewport, LEFT, modifier, self.pixel(x, y))

    def drag(self, *points: tuple[float, float]) -> None:
        """Press on a point of the map, and drag through others."""
        QTest.mousePress(self.viewport, LEFT, pos=self.pixel(*points[0]))
        for point in points[1:]:
            QTest.mouseMove(self.viewport, self.pixel(*point))
            QTest.qWait(12)
        QTest.mouseRelease(self.viewport, LEFT, pos=self.pixel(*points[-1]))

    @property
    def viewport(self) -> Any:
        return self.panel.map.plot.graph.viewport()

    def pixel(self, x: float, y: float) -> Any:
        plot = self.panel.map.plot
        place = plot.scale.to_map(np.array([x, y]))
        return plot.graph.mapFromScene(plot.box.mapViewToScene(QPointF(*place)))
