"""An axis of time: numbers, or dates of the calendar."""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import UTC, datetime

from genstudio.ui.plots.axis import Axis

_MINUTE, _HOUR, _DAY = 60.0, 3600.0, 86400.0
_YEAR = 365.2425 * _DAY
_STEPS = (1, 2, 5, 10, 30, _MINUTE, 2 * _MINUTE, 5 * _MINUTE, 10 * _MINUTE, 30 * _MINUTE, _HOUR, 3 * _HOUR, 6 * _HOUR,
          12 * _HOUR, _DAY, 2 * _DAY, 7 * _DAY, 14 * _DAY)
_MONTHS = (1, 3, 6, 12, 24, 60, 120, 240, 600, 1200, 2400)
_PX_A_DATE = 96.0
_LARGEST_WHOLE = 1e12
_WEEK_BEGINS = 4 * _DAY  # 1970-01-05 was a Monday


class TimeAxis(Axis):
    """Numbers of steps, seconds or years; or dates, of seconds since 1970-01-01 UTC."""

    def __init__(self, orientation: str) -> None:
        super().__init__(orientation)
        self._dates = False

    def set_dates(self, dates: bool) -> None:
        """Whether times are seconds since 1970-01-01 UTC."""
        self._dates = dates
        self.picture = None
        self.update()

    def moment(self, time: float) -> str:
        """A time in words."""
        if not self._dates:
            return f"{time:,.10g}".replace("-", "−")
        moment = _moment(time)
        if moment is None:
            return f"{time:.6g} s"
        midnight = (moment.hour, moment.minute, moment.second) == (0, 0, 0)
        return moment.strftime("%Y-%m-%d" if midnight else "%Y-%m-%d %H:%M:%S")

    def tickValues(self, first: float, last: float, size: float) -> list[tuple[float, list[float]]]:
        """Places of round numbers, or of round dates."""
        if not self._dates:
            found: list[tuple[float, list[float]]] = super().tickValues(first, last, size)
            return found
        wanted = (last - first) / max(size / _PX_A_DATE, 1.0)
        step = next((step for step in _STEPS if step >= wanted), None)
        if step is not None:
            origin = _WEEK_BEGINS if step >= 7 * _DAY else 0.0
            begin, end = math.ceil((first - origin) / step), math.floor((last - origin) / step)
            return [(step, [origin + n * step for n in range(begin, end + 1)])]
        months = next((count for count in _MONTHS if count * _YEAR / 12 >= wanted), _MONTHS[-1])
        return [(months * _YEAR / 12, _beginnings(first, last, months))]

    def tickStrings(self, values: Sequence[float], scale: float, spacing: float) -> list[str]:
        """Numbers, or dates as short as their distance allows."""
        if not self._dates and spacing >= 1 and max(map(abs, values), default=0.0) < _LARGEST_WHOLE:
            return [f"{value:,.0f}".replace("-", "−") for value in values]
        if not self._dates:
            return super().tickStrings(values, scale, spacing)
        moments = [_moment(value) for value in values]
        return ["" if moment is None else moment.strftime(_format(spacing, moment)) for moment in moments]


def _format(spacing: float, moment: datetime) -> str:
    if spacing >= 0.99 * _YEAR:
        return "%Y"
    if spacing >= 0.99 * _YEAR / 12:
        return "%b %Y"
    if spacing >= _DAY or (moment.hour, moment.minute, moment.second) == (0, 0, 0):
        return "%Y-%m-%d"
    return "%H:%M" if spacing >= _MINUTE else "%H:%M:%S"


def _beginnings(first: float, last: float, months: int) -> list[float]:
    """The beginnings of every so many months, counted from a year 0."""
    begin, end = _moment(first), _moment(last)
    if begin is None or end is None:
        return []
    places = range(-(-(12 * begin.year + begin.month - 1) // months) * months, 12 * end.year + end.month, months)
    found = [datetime(at // 12, at % 12 + 1, 1, tzinfo=UTC).timestamp() for at in places if 12 <= at < 120_000]
    return [time for time in found if first <= time <= last]


def _moment(seconds: float) -> datetime | None:
    try:
        return datetime.fromtimestamp(seconds, UTC)
    except (OverflowError, OSError, ValueError):
        return None
