"""Files that come with the program."""

from __future__ import annotations

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent
# An installed wheel holds them inside the package; a checkout keeps them beside it.
_FOLDERS = (_PACKAGE / "resources", _PACKAGE.parent / "resources")


def resource(*parts: str) -> Path:
    """Where a file or folder among the resources lies.

    Arguments:
        parts: path below the resources, one name each: `resource("data", "penguins.csv")`.

    Raises:
        FileNotFoundError: no such resource, which means that the installation is incomplete.
    """
    for folder in _FOLDERS:
        path = folder.joinpath(*parts)
        if path.exists():
            return path
    raise FileNotFoundError(f"GenStudio's resource {'/'.join(parts)} is missing. Install GenStudio again.")
