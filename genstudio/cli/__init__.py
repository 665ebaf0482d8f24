"""The command line; without a command, the window."""

from __future__ import annotations

import genstudio.environment  # noqa: F401 - before NumPy
from genstudio.cli.main import main

__all__ = ["main"]
