"""The guards of `conftest.py` fail what they are there to fail."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

TESTS = Path(__file__).parent

GUARDED = '''
import threading, warnings
from pathlib import Path
import pytest
from PySide6.QtCore import QLocale, QSettings, qWarning

forever = threading.Event()

def test_thread_of_ours_survives():
    threading.Thread(target=forever.wait, name="genstudio-job", daemon=True).start()

def test_ended_thread_is_fine():
    threading.Thread(target=lambda: None, name="genstudio-job").start()

def test_qt_warns(qapp):
    qWarning(b"a widget is in trouble")

def test_python_warns():
    warnings.warn("an array is in trouble")

@pytest.mark.parametrize("times", range(2))
def test_nothing_is_remembered(times):
    settings = QSettings("genstudio", "window")
    assert settings.value("geometry") is None
    settings.setValue("geometry", 1)
    settings.sync()
    assert Path(settings.fileName()).is_relative_to(Path.home())
    assert QLocale() == QLocale.c()
    QLocale.setDefault(QLocale("de_DE"))
'''


@pytest.fixture(scope="module")
def outcome(tmp_path_factory: pytest.TempPathFactory) -> str:
    folder = tmp_path_factory.mktemp("guarded")
    guards = (TESTS / "conftest.py").read_text(encoding="utf-8")
    (folder / "conftest.py").write_text(guards + "\nTHREADS_END_WITHIN_S = 0.5\n", encoding="utf-8")
    (folder / "test_guarded.py").write_text(GUARDED, encoding="utf-8")
    options = ["-c", TESTS.parent / "pyproject.toml", "-p", "no:cacheprovider", "-p", "no:xdist", "-rA", "--tb=line"]
    done = subprocess.run(
        [sys.executable, "-m", "pytest", *options, folder], capture_output=True, text=True, check=False
    )
    assert done.returncode == pytest.ExitCode.TESTS_FAILED, done.stdout + done.stderr
    return done.stdout


@pytest.mark.parametrize(
    "line",
    [
        "ERROR {}::test_thread_of_ours_survives",
        "PASSED {}::test_ended_thread_is_fine",
        "FAILED {}::test_qt_warns",
        "FAILED {}::test_python_warns",
        "PASSED {}::test_nothing_is_remembered[0]",
        "PASSED {}::test_nothing_is_remembered[1]",
    ],
)
def test_guard(outcome: str, line: str) -> None:
    verdict, _, name = line.partition(" {}")
    assert any(shown.startswith(verdict) and name in shown for shown in outcome.splitlines()), outcome
