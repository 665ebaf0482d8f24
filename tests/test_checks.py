"""The linter and the type checker have nothing to say."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
CHECKED = ["genstudio", "packaging", "tests"]


@pytest.mark.parametrize(
    "check",
    [pytest.param(["ruff", "check", *CHECKED], id="ruff"), pytest.param(["mypy", "--strict"], id="mypy")],
)
def test_check_passes(check: list[str]) -> None:
    done = subprocess.run([sys.executable, "-m", *check], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
