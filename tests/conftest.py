"""What holds for every test: no screen, neutral words and numbers, nothing left behind."""

from __future__ import annotations

import os
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path

# Qt and the numeric libraries read these once, when they are imported.
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ.update(OPENBLAS_NUM_THREADS="1", OMP_NUM_THREADS="1", LC_ALL="C.UTF-8", LANGUAGE="", TZ="UTC")
# Without a runtime folder Qt warns; it must be the person's own.
os.environ.setdefault("XDG_RUNTIME_DIR", tempfile.mkdtemp(prefix="genstudio-tests-"))

import pytest
from PySide6.QtCore import QLocale, QSettings

THREADS_END_WITHIN_S = 30.0


@pytest.fixture(autouse=True)
def _own_home(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home, settings and recent files of the test's own."""
    home = tmp_path_factory.mktemp("home")
    monkeypatch.setenv("HOME", str(home))
    for name in ("CONFIG", "DATA", "STATE", "CACHE"):
        monkeypatch.setenv(f"XDG_{name}_HOME", str(home / name.lower()))
    for kind in (QSettings.Format.NativeFormat, QSettings.Format.IniFormat):
        QSettings.setPath(kind, QSettings.Scope.UserScope, str(home / "config"))
    return home


@pytest.fixture(autouse=True)
def _neutral_numbers() -> Iterator[None]:
    """Tests of other locales set them; the next test does not inherit them."""
    QLocale.setDefault(QLocale.c())
    yield
    QLocale.setDefault(QLocale.c())


@pytest.fixture(autouse=True)
def _no_surviving_threads(_own_home: Path, _neutral_numbers: None) -> Iterator[None]:
    """Fail where a thread of ours, or any that would keep Python from ending, outlives its test."""
    before = set(threading.enumerate())
    yield
    deadline = time.monotonic() + THREADS_END_WITHIN_S
    new = [thread for thread in threading.enumerate() if thread not in before and _must_end(thread)]
    for thread in new:
        thread.join(max(0.0, deadline - time.monotonic()))
    alive = [thread.name for thread in new if thread.is_alive()]
    assert not alive, f"threads outlive the test: {', '.join(alive)}"


def _must_end(thread: threading.Thread) -> bool:
    return not thread.daemon or thread.name.startswith("genstudio-")
