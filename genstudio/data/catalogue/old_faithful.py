"""Eruptions of a geyser."""

from __future__ import annotations

from typing import ClassVar

from genstudio.data.catalogue._bundled import bundled_table
from genstudio.data.source import Source, SourceInfo
from genstudio.data.table import Table
from genstudio.settings import Settings


class OldFaithful(Source):
    """Durations of 272 eruptions, and of the waits after them."""

    info: ClassVar[SourceInfo] = SourceInfo(
        "old_faithful",
        "Old Faithful",
        "How long 272 eruptions of the Yellowstone geyser lasted and how long the next one took to come.",
        group="Real data",
        order=310,
        notice="Facts of public record, not subject to copyright; selection of Haerdle (1991) after Azzalini and "
        "Bowman (1990).",
    )

    def load(self, settings: Settings, seed: int) -> Table:
        """The whole table, in minutes."""
        return bundled_table(self.info.title, "old_faithful.csv")
