"""Columns and their values as short plain text. No Qt here."""

from __future__ import annotations

import math
from datetime import UTC, datetime

from genstudio.data.summary import ColumnSummary
from genstudio.data.table import Column, ColumnType

MISSING = "–"
_LONGEST = 200
_SHOWN_LEVELS = 3


def cell_text(column: Column, row: int) -> str:
    """One value: words for codes, a dash where it is missing."""
    return value_text(column, float(column.values[row]))


def value_text(column: Column, value: float) -> str:
    """A value of a column as a person reads it."""
    if math.isnan(value):
        return MISSING
    if column.levels:
        return shortened(column.levels[int(value)])
    if column.type is ColumnType.FLAG:
        return "yes" if value else "no"
    return _moment(value) if column.type is ColumnType.DATE else f"{value:.6g}"


def range_text(column: Column, summary: ColumnSummary) -> str:
    """What the values range over, or which words are the most frequent."""
    if math.isnan(summary.minimum):
        return "no values"
    if column.type is ColumnType.TEXT:
        return f"{len(column.levels):,} different texts"
    if column.levels:
        words = [shortened(word, 24) for word in summary.common[:_SHOWN_LEVELS]]
        more = len(column.levels) - len(words)
        return ", ".join(words) + (f" and {more:,} more" if more > 0 else "")
    low, high = value_text(column, summary.minimum), value_text(column, summary.maximum)
    return f"always {low}" if low == high else f"{low} … {high}"


def missing_text(summary: ColumnSummary) -> str:
    """How many values are missing, and their share."""
    if not summary.missing:
        return "0"
    share = 100 * summary.missing / summary.rows
    return f"{summary.missing:,} ({share:.1f} %)" if share >= 0.05 else f"{summary.missing:,} (< 0.1 %)"


def shortened(text: str, most: int = _LONGEST) -> str:
    """One line of plain text, cut where it is long: a cell may hold a megabyte."""
    line = " ".join(text[: most + 1].split())
    return line if len(text) <= most else line[: most - 1] + "…"


def _moment(seconds: float) -> str:
    try:
        moment = datetime.fromtimestamp(seconds, UTC)
    except (OverflowError, OSError, ValueError):
        return f"{seconds:.6g} s"
    midnight = (moment.hour, moment.minute, moment.second) == (0, 0, 0)
    return moment.strftime("%Y-%m-%d" if midnight else "%Y-%m-%d %H:%M:%S")
