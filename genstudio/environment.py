"""Imported before anything else: how the numeric libraries use the machine.

Models compute in one thread each and the window needs the other cores; with more threads the libraries
wait for one another in busy loops.
"""

from __future__ import annotations

import os

for _name in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(_name, "1")
# Idle threads of OpenMP give their core away at once.
os.environ.setdefault("GOMP_SPINCOUNT", "0")
