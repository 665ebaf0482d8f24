"""What is written beside and in plots of columns over time."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import numpy as np

from genstudio.ui.data_views.cells import MISSING, shortened
from genstudio.ui.plots.axis import Axis
from genstudio.ui.plots.lanes import Lane
from genstudio.ui.plots.prepared_series import PreparedSeries

# Of more columns only the one under the mouse is read out.
_READ_OUT_AT_MOST = 4
_WORD = 8
Words = Mapping[str, tuple[str, ...]]


def lane_ticks(axis: Axis, lanes: Sequence[Lane], height: float, levels: Words) -> list[tuple[float, str]]:
    """The numbers beside all lanes, or words for codes.

    Returns:
        where they stand, as a share of the height from the foot, and what they say.
    """
    found = []
    for lane in lanes:
        values, step = lane.ticks
        if lane.name in levels:
            values = values[values == np.round(values)]
        places = 1.0 - lane.heights(values) / height
        texts = axis.tickStrings(values.tolist(), 1.0, step)
        if lane.name in levels:
            texts = [_word(levels[lane.name], value) for value in values]
        found += list(zip(places.tolist(), texts, strict=True))
    return found


def readout(time: str, series: PreparedSeries, row: int, lane: int, state: str) -> str:
    """What one row holds; of many columns only the one under the mouse.

    Arguments:
        time: when it was, in words.
        lane: the column under the mouse.
        state: what the row's state is called, or "".
    """
    places = range(len(series.columns))
    if len(places) > _READ_OUT_AT_MOST:
        places = range(lane, lane + 1)
    parts = [f"{shortened(series.names[place], 24)} {_value(series, place, row)}" for place in places]
    return "   ".join([time, *parts, *([f"state {state}"] if state else [])])


def _value(series: PreparedSeries, place: int, row: int) -> str:
    value = float(series.columns[place].values[row])
    words = series.levels.get(series.names[place])
    if math.isnan(value):
        return MISSING
    return f"{value:.5g}" if words is None else shortened(words[int(value)], 24)


def _word(words: Sequence[str], code: float) -> str:
    return shortened(words[int(code)], _WORD) if code.is_integer() and 0 <= code < len(words) else ""
