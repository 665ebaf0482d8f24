"""Zip archives that data files are made of, looked at before anything is unpacked."""

from __future__ import annotations

import zipfile
from pathlib import Path

from genstudio.errors import DataError

MOST_BYTES = 1 << 33
_MOST_MEMBERS = 10_000


def members(path: Path, most: int = _MOST_MEMBERS) -> dict[str, zipfile.ZipInfo]:
    """The members of an archive by name; none when it is no whole archive or holds more than `most`."""
    try:
        with zipfile.ZipFile(path) as archive:
            found = archive.infolist()
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError, UnicodeDecodeError):
        return {}
    return {info.filename: info for info in found} if len(found) <= most else {}


def refuse_oversized(name: str, size: float) -> None:
    """Refuses content that would fill the memory.

    Arguments:
        name: of the file, or of the part of it.
        size: bytes once unpacked, as the file itself declares.
    """
    if size > MOST_BYTES:
        raise DataError(
            f"{name} would take {size / 2**30:,.0f} GiB of memory once unpacked; the limit is {MOST_BYTES >> 30} GiB.",
            "Choose a part of it, or make sure that the file comes from someone you trust.",
        )
