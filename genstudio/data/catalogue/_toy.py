"""What all toy densities share: points are drawn from a density that is known exactly."""

from __future__ import annotations

from abc import abstractmethod
from functools import lru_cache
from typing import Any, ClassVar

from genstudio.data.density import TrueDensity
from genstudio.data.source import Source
from genstudio.data.table import Table, points_table
from genstudio.settings import Settings, setting


class ToySettings(Settings):
    """The one setting that all toy densities have."""

    samples: int = setting(2000, "How many points are drawn.", unit="rows", ge=10, le=1_000_000, log=True)


class ToySource(Source):
    """Points on the plane, drawn from a density that is known exactly.

    A subclass gives the density; `label_name` says what its components are.
    """

    Settings: ClassVar[type[Settings]] = ToySettings
    label_name: ClassVar[str] = "component"

    @classmethod
    @abstractmethod
    def density(cls, settings: Any) -> TrueDensity:
        """The density, by the class's own settings; `samples` plays no part."""

    def load(self, settings: Any, seed: int) -> Table:
        """Points x, y and the component each came from."""
        truth = _remembered(type(self), settings.model_copy(update={"samples": 0}))
        points, components = truth.sample(settings.samples, seed)
        return points_table(self.info.title, points, components, label_name=self.label_name, truth=truth)


# Kept, so that more points or another seed need not take the entropy's quadrature again.
@lru_cache(maxsize=32)
def _remembered(source: type[ToySource], settings: ToySettings) -> TrueDensity:
    return source.density(settings)
