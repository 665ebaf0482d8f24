"""Penguins of Antarctica."""

from __future__ import annotations

from typing import ClassVar

from genstudio.data.catalogue._bundled import bundled_table
from genstudio.data.source import Source, SourceInfo
from genstudio.data.table import Table
from genstudio.settings import Settings


class Penguins(Source):
    """Measurements of 344 penguins of three species; some are missing."""

    info: ClassVar[SourceInfo] = SourceInfo(
        "penguins",
        "Palmer penguins",
        "Bills, flippers and weights of 344 penguins of three species; some values are missing.",
        group="Real data",
        order=300,
        notice="Collected by Kristen Gorman and the Palmer Station Antarctica LTER; prepared by Allison Horst, "
        "Alison Hill and Kristen Gorman (palmerpenguins, 2020). CC0 1.0.",
    )

    def load(self, settings: Settings, seed: int) -> Table:
        """The whole table; lengths in mm, mass in g."""
        return bundled_table(self.info.title, "penguins.csv", ("species", "island", "sex"), label="species")
