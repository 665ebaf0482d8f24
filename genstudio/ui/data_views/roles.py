"""What a person wishes a column to be, as changes of the preparation. No Qt here."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from genstudio.data.dataset import Dataset
from genstudio.data.preparation import PreparationSettings
from genstudio.data.proposal import likely_class
from genstudio.data.sequences import Sequences, wanted
from genstudio.data.table import Table
from genstudio.data.time_order import likely_order


def label_name(table: Table, settings: PreparationSettings) -> str | None:
    """The name of the label column under these settings, or None."""
    return (table.label if settings.label is None else settings.label) or None


def learned_names(settings: PreparationSettings, data: Dataset | None) -> tuple[str, ...]:
    """The names of the columns learned from: those chosen, or those that were taken by themselves."""
    if settings.columns is not None:
        return settings.columns
    return () if data is None else data.preparation.names


def order_roles(table: Table, settings: PreparationSettings) -> dict[str, str]:
    """What columns tell of the rows' order and split under these settings, by their names."""
    split = table.split if settings.split is None else settings.split
    ordered = {settings.sequence: "sequence", settings.time: "time"} if wanted(table, settings) else {}
    return {name: role for name, role in {**ordered, split: "split"}.items() if name}


def with_role(
    table: Table, settings: PreparationSettings, learned: Sequence[str], name: str, role: str
) -> dict[str, Any]:
    """The changes that give a column another role, in the table's order of columns.

    Arguments:
        learned: the columns learned from so far.
        role: "learn", "label" or "ignore".
    """
    former = label_name(table, settings)
    wanted = {*learned, name} if role == "learn" else set(learned) - {name}
    changes: dict[str, Any] = {"columns": tuple(each for each in table.names if each in wanted)}
    if role == "label":
        changes |= {"label": name, "anomalous": None}
    elif former == name:
        changes |= {"label": "", "anomalous": None, "normal_only": False}
    return changes


def with_label(table: Table, settings: PreparationSettings, learned: Sequence[str], name: str | None) -> dict[str, Any]:
    """The changes that make a column the label, or leave none."""
    if name is not None:
        return with_role(table, settings, learned, name, "label")
    return {"label": "", "anomalous": None, "normal_only": False}


def with_kind(table: Table, settings: PreparationSettings, kind: str) -> dict[str, Any]:
    """The changes that make sequences of rows, by the columns that most likely tell them, or independent rows.

    Arguments:
        kind: "sequences" or "table".
    """
    if kind == "table" or isinstance(table, Sequences):
        return {"kind": kind}
    sequence, time = likely_order(table) or (None, None)
    found = {"sequence": settings.sequence or sequence, "time": settings.time or time}
    taken = {name for name in found.values() if name is not None}
    return {"kind": kind, **found, **_without(table, settings, taken)}


def with_structure(table: Table, settings: PreparationSettings, field: str, name: str | None) -> dict[str, Any]:
    """The changes that make a column tell the sequences, the times or the split.

    Arguments:
        field: "sequence", "time" or "split".
        name: of the column, or None.
    """
    if field == "split":
        own = name == table.split
        return {"split": None if own else name or "", **_without(table, settings, {name} - {None})}
    changes: dict[str, Any] = {field: name, **_without(table, settings, {name} - {None})}
    # Who names a column of times wants sequences.
    return changes if name is None or wanted(table, settings) else {"kind": "sequences", **changes}


def _without(table: Table, settings: PreparationSettings, taken: set[Any]) -> dict[str, Any]:
    """The changes by which columns that tell how rows belong together are neither learned from nor the label."""
    changes: dict[str, Any] = {}
    if settings.columns is not None and taken & set(settings.columns):
        changes["columns"] = tuple(name for name in settings.columns if name not in taken) or None
    if label_name(table, settings) in taken:
        # With a guess undone, the next one takes its place.
        left = [column for column in table.columns if column.name not in taken]
        changes |= {"label": likely_class(left) or "", "anomalous": None, "normal_only": False}
    return changes
