"""Bringing files of older formats up to date, one format at a time."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from genstudio.errors import ArchiveError
from genstudio.runs.container import Contents, Members

FORMAT = 1
"""The format that is written. Raising it asks for a migration of the one before."""

Migration = Callable[[Members], Members]
MIGRATIONS: Mapping[int, Migration] = {}
"""By the format that each starts from; its result is of the next one."""


def up_to_date(
    contents: Contents, migrations: Mapping[int, Migration] = MIGRATIONS, newest: int = FORMAT
) -> Members:
    """The members of a file, in the newest format.

    Raises:
        ArchiveError: no way leads from the file's format to the newest.
    """
    members = contents.members
    for version in range(contents.format, newest):
        if version not in migrations:
            raise ArchiveError(
                f"Files of format {version} cannot be read any more.", "Open it in an older GenStudio and save it anew."
            )
        members = migrations[version](dict(members))
    return members
