"""What a person wishes a column to be, as changes of the preparation. No Qt here."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from genstudio.data.dataset import Dataset
from genstudio.data.preparation import PreparationSettings
from genstudio.data.table import Table


def label_name(table: Table, settings: PreparationSettings) -> str | None:
    """The name of the label column under these settings, or None."""
    return (table.label if settings.label is None else settings.label) or None


def learned_names(settings: PreparationSettings, data: Dataset | None) -> tuple[str, ...]:
    """The names of the columns learned from: those chosen, or those that were taken by themselves."""
    if settings.columns is not None:
        return settings.columns
    return () if data is None else data.preparation.names


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
