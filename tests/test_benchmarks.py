"""What the benchmarks report with."""

from __future__ import annotations

import io
import json
import math
import subprocess
import sys
from pathlib import Path

import pytest

from tests.benchmarks.__main__ import measure, names
from tests.benchmarks.report import DATA_VARIABLE, Report, Skipped


@pytest.fixture
def stream() -> io.StringIO:
    return io.StringIO()


def test_figure_is_one_json_line(stream: io.StringIO) -> None:
    Report("em", stream=stream)("throughput", 135.0, "iterations/s", reference=14.3, ratio=9.4)
    (line,) = stream.getvalue().splitlines()
    assert json.loads(line) == {
        "benchmark": "em", "short": False, "name": "throughput", "value": 135.0, "unit": "iterations/s",
        "reference": 14.3, "ratio": 9.4,
    }  # fmt: skip


@pytest.mark.parametrize("value", [math.nan, math.inf])
def test_figure_that_is_not_finite_is_refused(stream: io.StringIO, value: float) -> None:
    with pytest.raises(ValueError, match="JSON"):
        Report("em", stream=stream)("throughput", value, "iterations/s")
    assert not stream.getvalue()


def test_data_is_taken_from_the_folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv(DATA_VARIABLE, str(tmp_path))
    (tmp_path / "penguins.npz").touch()
    assert Report("em").data("penguins.npz") == tmp_path / "penguins.npz"
    with pytest.raises(Skipped, match=r"mnist\.npz is not there"):
        Report("em").data("mnist.npz")


def test_folder_that_is_not_named_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(DATA_VARIABLE, raising=False)
    with pytest.raises(Skipped, match=DATA_VARIABLE):
        Report("em").data("mnist.npz")


def test_benchmark_that_fails_does_not_stop_the_others(capsys: pytest.CaptureFixture[str]) -> None:
    assert not measure("of_nothing", short=True)
    assert "No module named 'tests.benchmarks.bench_of_nothing'" in capsys.readouterr().err


def test_benchmarks_are_found_by_looking() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "tests.benchmarks", "--list"], capture_output=True, text=True, check=True
    )
    assert done.stdout.split() == names()
    modules = (Path(__file__).parent / "benchmarks").glob("bench_*.py")
    assert names() == sorted(path.stem.removeprefix("bench_") for path in modules)
