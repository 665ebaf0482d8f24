"""Data before preparation as members of a file, whichever kind they are of."""

from __future__ import annotations

from collections.abc import Mapping

from genstudio.data.pictures import Pictures, Raw
from genstudio.runs import stored_pictures, stored_table
from genstudio.runs.container import Members


def fits(raw: Raw) -> bool:
    """Whether the data are small enough to be kept inside a file."""
    return stored_pictures.fits(raw) if isinstance(raw, Pictures) else stored_table.fits(raw)


def to_members(raw: Raw, folder: str) -> Members:
    """The members that hold the data."""
    if isinstance(raw, Pictures):
        return stored_pictures.to_members(raw, folder)
    return stored_table.to_members(raw, folder)


def from_members(members: Mapping[str, bytes], folder: str) -> Raw:
    """The data that `to_members` stored.

    Raises:
        ArchiveError: a member is missing, or they do not belong together.
    """
    if any(name in members for name in stored_pictures.names(folder)):
        return stored_pictures.from_members(members, folder)
    return stored_table.from_members(members, folder)
