"""python -m genstudio."""

from __future__ import annotations

import sys

from genstudio.cli import main

if __name__ == "__main__":
    sys.exit(main())
