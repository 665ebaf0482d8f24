"""Memory that steps take and free again."""

from __future__ import annotations

import platform
import subprocess
import sys

import pytest

FAULTS = """
import resource
import torch
from genstudio.training.memory import keep_freed_memory
def faults_of(steps):
    before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
    for _ in range(steps):
        a, b, c, d = (torch.ones(2_000_000) for _ in range(4))
        del a, b, c, d
    return resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before
keep_freed_memory()
faults_of(3)
print(faults_of(20))
"""


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="only glibc is told to keep memory")
def test_memory_that_is_freed_is_taken_again_without_being_cleared() -> None:
    done = subprocess.run([sys.executable, "-c", FAULTS], capture_output=True, text=True, check=True)
    pages_of_a_step = 4 * 2_000_000 * 4 // 4096
    assert int(done.stdout) < pages_of_a_step
