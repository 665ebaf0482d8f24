"""The three blobs that textbooks draw with scikit-learn."""

from __future__ import annotations

from typing import ClassVar

from genstudio.data.catalogue._blobs import MOST_STATES, Widths, blob_centers, blob_density, make_blobs
from genstudio.data.source import Source, SourceInfo
from genstudio.data.table import Table, points_table
from genstudio.settings import Settings as BaseSettings
from genstudio.settings import setting


class TextbookBlobs(Source):
    """The very rows of `make_blobs(1000, centers=3, cluster_std=[1.0, 2.0, 0.5], random_state=42)`."""

    info: ClassVar[SourceInfo] = SourceInfo(
        "textbook_blobs",
        "Textbook blobs",
        "The very rows that scikit-learn's make_blobs gives with random_state=42: three clouds, 1000 points.",
        group="Textbook examples",
        order=200,
    )

    class Settings(BaseSettings):
        """The arguments of `make_blobs`."""

        samples: int = setting(1000, "How many points there are.", unit="rows", ge=10, le=1_000_000, log=True)
        centers: int = setting(3, "How many blobs there are.", ge=1, le=20)
        cluster_std: Widths = setting(
            (1.0, 2.0, 0.5),
            "Standard deviation of each blob, 0.05 to 5; with fewer values than blobs they are taken in turn again.",
        )
        random_state: int = setting(
            42, "The seed of the textbook; the recipe's own seed does not change these rows.", ge=0, le=MOST_STATES
        )

    def load(self, settings: TextbookBlobs.Settings, seed: int) -> Table:
        """The rows in scikit-learn's order; `seed` plays no part."""
        widths, state = settings.cluster_std, settings.random_state
        points, blobs = make_blobs(settings.samples, settings.centers, widths, state)
        truth = blob_density(blob_centers(settings.centers, state), widths)
        return points_table(self.info.title, points, blobs, label_name="blob", truth=truth)
