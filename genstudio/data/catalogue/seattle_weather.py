"""Four years of weather."""

from __future__ import annotations

from typing import ClassVar

from genstudio.data.catalogue._bundled import bundled_table
from genstudio.data.preparation_settings import PreparationSettings
from genstudio.data.sequences import Sequences, as_sequences
from genstudio.data.source import Source, SourceInfo
from genstudio.settings import Settings


class SeattleWeather(Source):
    """1,461 days of rain, temperatures and wind, and a word for each day."""

    info: ClassVar[SourceInfo] = SourceInfo(
        "seattle_weather",
        "Seattle weather",
        "1,461 days in a row, 2012 to 2015: rain, temperatures, wind, and the weather of the day in a word.",
        group="Sequences",
        order=540,
        notice="From vega-datasets, copyright the UW Interactive Data Lab and contributors; observed by NOAA. "
        "BSD 3-Clause.",
    )

    def load(self, settings: Settings, seed: int) -> Sequences:
        """The whole record; mm, degrees Celsius and m/s."""
        table = bundled_table(
            self.info.title, "seattle_weather.csv", ("weather",), label="weather", dates=("date",)
        )
        return as_sequences(table, PreparationSettings(time="date"))[0]
