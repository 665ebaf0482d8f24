"""Eruptions of a geyser, one after another."""

from __future__ import annotations

from typing import ClassVar

import numpy as np

from genstudio.data.catalogue._bundled import bundled_table
from genstudio.data.sequences import Sequences, sequences
from genstudio.data.source import Source, SourceInfo
from genstudio.settings import Settings


class Geyser(Source):
    """Durations of 299 eruptions in a row, and of the waits before them."""

    info: ClassVar[SourceInfo] = SourceInfo(
        "geyser",
        "Old Faithful in time",
        "299 eruptions of the Yellowstone geyser one after another: a long wait follows a long eruption.",
        group="Sequences",
        order=550,
        notice="Facts of public record, not subject to copyright; collected by Azzalini and Bowman (1990).",
    )

    def load(self, settings: Settings, seed: int) -> Sequences:
        """The whole series, in minutes."""
        table = bundled_table(self.info.title, "geyser.csv")
        return sequences(table, np.array([len(table)]), [self.info.title], time_name="eruption")
