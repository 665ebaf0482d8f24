"""The kill test in its long form: a process that saves again and again is killed at random moments."""

from __future__ import annotations

import os
import subprocess
import sys

from tests.benchmarks.report import Report

TEST = "tests/runs/test_archive.py::test_a_kill_at_any_moment_leaves_a_whole_file"


def run(report: Report) -> None:
    """How many of the rounds left a whole file; pytest fails where one did not."""
    rounds = 6 if report.short else 100
    environment = {**os.environ, "GENSTUDIO_TEST_KILLS": str(rounds)}
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--timeout", "1800", TEST]
    ended = subprocess.run(command, env=environment, check=False, capture_output=True, text=True)
    if ended.returncode:
        raise RuntimeError(ended.stdout[-2000:])
    report("files_whole_after_a_kill", rounds, "files", reference=rounds)
