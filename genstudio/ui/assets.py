"""Where the shipped icons and styles lie."""

from __future__ import annotations

from pathlib import Path

import genstudio

_PACKAGE = Path(genstudio.__file__).parent


def asset(relative: str) -> Path:
    """A shipped file: inside the package when installed, beside it in a checkout.

    Arguments:
        relative: path below `resources`, with forward slashes.
    """
    installed = _PACKAGE / "resources"
    return (installed if installed.is_dir() else _PACKAGE.parent / "resources") / relative
