"""What a person most likely wants with a table they have just opened."""

from __future__ import annotations

import numpy as np

from genstudio.data.preparation import PreparationSettings
from genstudio.data.table import Column, ColumnType, Table

SCALES_APART = 10.0
FEW_LEVELS = 12


def propose(table: Table) -> tuple[PreparationSettings, str]:
    """Preparation settings that suit a table, and a sentence saying why they differ from the defaults ("" if not)."""
    columns = [c for c in table.columns if c.numeric and not _useless(c) and c.name != table.label]
    changes: dict[str, object] = {}
    reasons = []
    left_out = [c.name for c in table.columns if c.numeric and _useless(c) and c.name != table.label]
    if left_out and columns:
        changes["columns"] = tuple(c.name for c in columns)
        reasons.append(f"{', '.join(left_out[:3])} left out: constant, empty, a date or a row number")
    label = _likely_label(table)
    if label:
        changes["label"] = label
        reasons.append(f"`{label}` taken as the label")
    if _scales_apart(columns):
        changes["scaling"] = "standard"
        reasons.append("columns scaled to deviation 1, for their spreads differ more than tenfold")
    return PreparationSettings.model_validate(changes), "; ".join(reasons)


def _useless(column: Column) -> bool:
    if column.type is ColumnType.DATE:
        return True
    present = column.values[np.isfinite(column.values)]
    if not len(present) or present.min() == present.max():
        return True
    steps = np.diff(column.values)
    return column.name.strip().lower() in ("", "id", "index", "row", "unnamed: 0") and bool(np.all(steps == steps[0]))


def _likely_label(table: Table) -> str | None:
    if table.label is not None:
        return None
    words = [c for c in table.columns if c.type is ColumnType.CATEGORY and 2 <= len(c.levels) <= FEW_LEVELS]
    named = [c for c in words if c.name.strip().lower() in ("label", "class", "target", "species", "anomaly", "y")]
    chosen = named or words
    return chosen[0].name if chosen else None


def _scales_apart(columns: list[Column]) -> bool:
    if len(columns) < 2:
        return False
    with np.errstate(over="ignore", invalid="ignore"):
        spreads = np.array([np.nanstd(np.where(np.isfinite(c.values), c.values, np.nan)) for c in columns])
    spreads = spreads[np.isfinite(spreads) & (spreads > 0)]
    return len(spreads) > 1 and bool(spreads.max() > SCALES_APART * spreads.min())
