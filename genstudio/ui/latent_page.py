"""What the pages beside the map share: they refresh when they are seen, and not too often."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QWidget

from genstudio.data.picture_preparation import PicturePreparation
from genstudio.runs.run import Run
from genstudio.ui.latent_model import LatentModel
from genstudio.ui.plots.throttle import Throttle
from genstudio.ui.session_model import SessionModel
from genstudio.ui.theme import Theme

Array = NDArray[Any]
Floats = NDArray[np.float64]
REFRESH_MS = 90


class LatentPage(QWidget):
    """One way to move the point of a latent space.

    Arguments:
        prefix: object names start with it.
        name: object name of the page, behind the prefix.
    """

    def __init__(self, session: SessionModel, latent: LatentModel, theme: Theme, prefix: str, name: str) -> None:
        super().__init__()
        self.setObjectName(f"{prefix}.{name}")
        self.session, self.latent, self.theme, self.prefix = session, latent, theme, prefix
        self.run: Run | None = None
        self.refresh_soon = Throttle(self._refresh_if_seen, REFRESH_MS, self)

    @property
    def pictures(self) -> bool:
        """Whether items are pictures."""
        return self.run is not None and isinstance(self.run.preparation, PicturePreparation)

    def begin(self, run: Run) -> None:
        """Walk in the space of another run."""
        self.run = run
        self.refresh_soon()

    def refresh(self) -> None:
        """Show what is so now; only called while somebody looks."""

    def decode(self, key: str, z: Floats, done: Any) -> None:
        """Ask what points (N, Z) decode to; `done` gets the items (N, *item), unless newer ones were asked for."""
        if self.latent.known:
            self.session.ask("decode", lambda answer: done(answer["x"]), key=f"{self.objectName()}.{key}", z=z,
                             condition=self.latent.condition)

    def showEvent(self, event: QShowEvent) -> None:
        """Somebody looks."""
        super().showEvent(event)
        self.refresh_soon()

    def _refresh_if_seen(self) -> None:
        if self.isVisible() and self.run is not None and self.latent.known:
            self.refresh()
