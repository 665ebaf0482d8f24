"""The textbook's anomalies: three blobs, and points strewn over the whole square."""

from __future__ import annotations

from typing import ClassVar

import numpy as np

from genstudio.data.catalogue._blobs import BOX, MOST_STATES, blob_centers, blob_density, make_blobs
from genstudio.data.densities.contaminated import Contaminated
from genstudio.data.source import Source, SourceInfo
from genstudio.data.table import Table, points_table
from genstudio.settings import Settings as BaseSettings
from genstudio.settings import setting

_CENTERS = 3
_CLUSTER_STD = (1.0, 2.0, 0.5)


class TextbookAnomalies(Source):
    """The textbook's blobs as normal rows, then uniform rows as anomalous ones."""

    info: ClassVar[SourceInfo] = SourceInfo(
        "textbook_anomalies",
        "Textbook anomalies",
        "Three clouds of normal points and fifty anomalous ones strewn over the square: can a model tell them apart?",
        group="Textbook examples",
        order=210,
        presets={"Many anomalies": {"anomalies": 200}},
    )

    class Settings(BaseSettings):
        """How many of each, and where the anomalous ones may lie."""

        normal: int = setting(1000, "How many normal points there are.", unit="rows", ge=10, le=1_000_000, log=True)
        anomalies: int = setting(50, "How many anomalous points there are.", unit="rows", ge=1, le=100_000, log=True)
        span: float = setting(10.0, "Anomalous points lie within this distance of zero along each axis.", ge=1, le=50)
        random_state: int = setting(
            42, "The seed of the textbook; the recipe's own seed does not change these rows.", ge=0, le=MOST_STATES
        )

    def load(self, settings: TextbookAnomalies.Settings, seed: int) -> Table:
        """Normal rows first, then the anomalous ones; `seed` plays no part."""
        normal, anomalous, state = settings.normal, settings.anomalies, settings.random_state
        blobs, _ = make_blobs(normal, _CENTERS, _CLUSTER_STD, state)
        strewn = np.random.RandomState(state).uniform(-settings.span, settings.span, (anomalous, 2))
        mixture = blob_density(blob_centers(_CENTERS, state, BOX), _CLUSTER_STD)
        return points_table(
            self.info.title,
            np.concatenate([blobs, strewn]),
            np.repeat([0, 1], [normal, anomalous]),
            levels=("normal", "anomalous"),
            label_name="anomaly",
            truth=Contaminated(mixture, settings.span, anomalous / (normal + anomalous)),
        )
