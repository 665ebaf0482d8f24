"""What a person most likely wants with a table they have just opened."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from genstudio.data.given_split import likely_split
from genstudio.data.preparation import PreparationSettings
from genstudio.data.table import Column, ColumnType, Table
from genstudio.data.time_order import likely_order

SCALES_APART = 10.0
FEW_LEVELS = 12


def propose(table: Table) -> tuple[PreparationSettings, str]:
    """Preparation settings that suit a table, and a sentence saying why they differ from the defaults ("" if not)."""
    changes, reasons = _order(table)
    apart = {table.label, table.split, changes.get("sequence"), changes.get("time"), changes.get("split")}
    numeric = [c for c in table.columns if c.numeric and c.name not in apart]
    columns = [c for c in numeric if not _useless(c)]
    left_out = [c.name for c in numeric if _useless(c)]
    if left_out and columns:
        changes["columns"] = tuple(c.name for c in columns)
        reasons.append(f"{', '.join(left_out[:3])} left out: constant, empty, a date or a row number")
    # Words alone are symbols to learn from, not classes.
    label = likely_class([c for c in table.columns if c.name not in apart]) if columns and not table.label else None
    if label:
        changes["label"] = label
        reasons.append(f"`{label}` taken as the label")
    if _scales_apart(columns):
        changes["scaling"] = "standard"
        reasons.append("columns scaled to deviation 1, for their spreads differ more than tenfold")
    return PreparationSettings.model_validate(changes), "; ".join(reasons)


def likely_class(columns: Sequence[Column]) -> str | None:
    """The name of the column of few words that most likely names a class."""
    words = [c for c in columns if c.type is ColumnType.CATEGORY and 2 <= len(c.levels) <= FEW_LEVELS]
    named = [c for c in words if c.name.strip().lower() in ("label", "class", "target", "species", "anomaly", "y")]
    chosen = named or words
    return chosen[0].name if chosen else None


def _order(table: Table) -> tuple[dict[str, object], list[str]]:
    """Sequence, time and split, and what is said of them."""
    changes: dict[str, object] = {}
    reasons = []
    order = likely_order(table)
    if order is not None:
        sequence, time = order
        changes |= {"kind": "sequences", "sequence": sequence, "time": time}
        by = [f"`{name}` {what}" for name, what in ((sequence, "names the sequence"), (time, "tells the time")) if name]
        reasons.append(f"rows taken as sequences, for {' and '.join(by)}; say that they are a table if they are not")
    split = None if table.split else likely_split(table.columns)
    if split:
        changes["split"] = split
        reasons.append(f"`{split}` says which rows train")
    return changes, reasons


def _useless(column: Column) -> bool:
    if column.type is ColumnType.DATE:
        return True
    present = column.values[np.isfinite(column.values)]
    if not len(present) or present.min() == present.max():
        return True
    steps = np.diff(column.values)
    return column.name.strip().lower() in ("", "id", "index", "row", "unnamed: 0") and bool(np.all(steps == steps[0]))


def _scales_apart(columns: list[Column]) -> bool:
    if len(columns) < 2:
        return False
    with np.errstate(over="ignore", invalid="ignore"):
        spreads = np.array([np.nanstd(np.where(np.isfinite(c.values), c.values, np.nan)) for c in columns])
    spreads = spreads[np.isfinite(spreads) & (spreads > 0)]
    return len(spreads) > 1 and bool(spreads.max() > SCALES_APART * spreads.min())
