"""Round clouds of different widths."""

from __future__ import annotations

from typing import ClassVar

from genstudio.data.catalogue._blobs import BOX, MOST_STATES, Widths, blob_centers, blob_density
from genstudio.data.catalogue._toy import ToySettings, ToySource
from genstudio.data.densities.mixture import GaussianMixture
from genstudio.data.source import SourceInfo
from genstudio.settings import setting


class Blobs(ToySource):
    """Gaussians round random centres."""

    info: ClassVar[SourceInfo] = SourceInfo(
        "blobs",
        "Gaussian blobs",
        "Round clouds of different widths: what a Gaussian mixture is made for.",
        order=20,
        presets={
            "Seven blobs": {"centers": 7, "cluster_std": (1.0,)},
            "Overlapping blobs": {"cluster_std": (3.0, 3.0, 3.0)},
        },
    )
    label_name: ClassVar[str] = "blob"

    class Settings(ToySettings):
        """How many blobs, how wide and where."""

        centers: int = setting(3, "How many blobs there are.", ge=1, le=20)
        cluster_std: Widths = setting(
            (1.0, 2.0, 0.5),
            "Standard deviation of each blob, 0.05 to 5; with fewer values than blobs they are taken in turn again.",
        )
        box: float = setting(BOX, "Centres lie within this distance of zero along each axis.", ge=1, le=50)
        random_state: int = setting(42, "Another number places the centres elsewhere.", ge=0, le=MOST_STATES)

    @classmethod
    def density(cls, settings: Blobs.Settings) -> GaussianMixture:
        """One gaussian a blob, equal weights."""
        centers = blob_centers(settings.centers, settings.random_state, settings.box)
        return blob_density(centers, settings.cluster_std)
