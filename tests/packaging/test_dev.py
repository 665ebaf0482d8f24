"""What `packaging/dev.py` decides before it starts anything."""

from __future__ import annotations

import importlib.util
import os
import shutil
import socket
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).parent.parent.parent
SCRIPT = ROOT / "packaging" / "dev.py"

linux_only = pytest.mark.skipif(sys.platform != "linux", reason="displays and shared libraries of Linux")


@pytest.fixture(scope="module")
def dev() -> ModuleType:
    spec = importlib.util.spec_from_file_location("dev", SCRIPT)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    (tmp_path / "packaging").mkdir()
    (tmp_path / "pyproject.toml").write_text("[project]\n")
    (tmp_path / "packaging" / "constraints.txt").write_text("numpy==2.4.6\n")
    return tmp_path


@pytest.mark.parametrize("name", ["pyproject.toml", "packaging/constraints.txt"])
def test_stamp_follows_what_packages_follow_from(dev: ModuleType, checkout: Path, name: str) -> None:
    before = dev.stamp(checkout)
    assert dev.stamp(checkout) == before
    (checkout / name).write_text("changed\n")
    assert dev.stamp(checkout) != before


def test_stamp_follows_the_place(dev: ModuleType, checkout: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    moved = shutil.copytree(checkout, tmp_path_factory.mktemp("moved") / "checkout")
    assert dev.stamp(moved) != dev.stamp(checkout)


@linux_only
@pytest.mark.parametrize("environment", [{}, {"DISPLAY": ""}, {"DISPLAY": "", "WAYLAND_DISPLAY": ""}])
def test_no_display_is_said(dev: ModuleType, environment: dict[str, str]) -> None:
    assert dev.display_obstacle(environment) == "There is no display (neither DISPLAY nor WAYLAND_DISPLAY is set)"


@linux_only
@pytest.mark.parametrize(
    "environment",
    [
        {"DISPLAY": ":64999"},
        {"DISPLAY": "nonsense"},
        {"DISPLAY": "localhost:-1"},
        {"WAYLAND_DISPLAY": "wayland-of-yesterday", "XDG_RUNTIME_DIR": "/nowhere"},
    ],
)
def test_dead_display_is_said(dev: ModuleType, environment: dict[str, str]) -> None:
    (name,) = [environment[key] for key in ("DISPLAY", "WAYLAND_DISPLAY") if key in environment]
    assert dev.display_obstacle(environment) == f"The display {name} does not answer"


@linux_only
def test_answering_wayland_display_is_used(dev: ModuleType, tmp_path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as compositor:
        compositor.bind(str(tmp_path / "wayland-0"))
        compositor.listen()
        environment = {"WAYLAND_DISPLAY": "wayland-0", "XDG_RUNTIME_DIR": str(tmp_path)}
        assert dev.display_obstacle(environment) is None


@pytest.mark.parametrize(
    ("display", "addresses"),
    [
        (":0", ["/tmp/.X11-unix/X0", "\0/tmp/.X11-unix/X0"]),
        ("unix:3.1", ["/tmp/.X11-unix/X3", "\0/tmp/.X11-unix/X3"]),
        ("localhost:10.0", [("localhost", 6010)]),
    ],
)
def test_displays_are_looked_for_where_they_listen(dev: ModuleType, display: str, addresses: list[object]) -> None:
    assert list(dev.display_addresses({"DISPLAY": display})) == addresses


def test_children_draw_offscreen_on_one_thread_each(dev: ModuleType) -> None:
    child = dev.child_environment({"OMP_NUM_THREADS": "3", "QT_QPA_PLATFORM": "xcb"}, offscreen=True)
    assert child == {"OMP_NUM_THREADS": "3", "OPENBLAS_NUM_THREADS": "1", "QT_QPA_PLATFORM": "offscreen"}


def test_missing_libraries_are_those_that_do_not_load(dev: ModuleType) -> None:
    libraries = dev.OFFSCREEN_LIBRARIES
    assert dev.missing_libraries(libraries, loads=lambda name: name != "libEGL.so.1") == ["libEGL.so.1"]


@linux_only
def test_loader_is_asked_for_libraries(dev: ModuleType) -> None:
    assert dev.missing_libraries(["libc.so.6", "libgenstudio-none.so.7"]) == ["libgenstudio-none.so.7"]


def test_person_without_rights_is_told_the_command(dev: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "which", lambda name: f"/usr/bin/{name}")
    monkeypatch.setattr(os, "geteuid", lambda: 1000, raising=False)
    with pytest.raises(dev.SetUpError) as error:
        dev.provide_libraries({"libgenstudio-none.so.7": "libgenstudio7"})
    assert str(error.value) == (
        "Qt needs libgenstudio-none.so.7: run `sudo apt-get install --yes --no-install-recommends libgenstudio7`,"
        " then start this again."
    )


def test_systems_without_apt_are_told_what_is_missing(dev: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "which", lambda _: None)
    with pytest.raises(dev.SetUpError, match=r"^Qt needs libgenstudio-none.so.7: install what holds it"):
        dev.provide_libraries({"libgenstudio-none.so.7": "libgenstudio7"})


@linux_only
def test_bare_debian_gets_its_packages(
    dev: ModuleType, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    calls = _stand_in_for_apt(tmp_path, monkeypatch, status=0)
    dev.install_system_packages(["libegl1"], "Qt needs libEGL.so.1")
    assert calls.read_text().splitlines() == ["update", "install --yes --no-install-recommends libegl1"]
    assert capsys.readouterr().err.splitlines()[0] == "Installing libegl1 ..."


@linux_only
def test_apt_that_fails_is_quoted(dev: ModuleType, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    _stand_in_for_apt(tmp_path, monkeypatch, status=100)
    with pytest.raises(dev.SetUpError) as error:
        dev.install_system_packages(["libegl1"], "Qt needs libEGL.so.1")
    assert str(error.value).endswith("and apt-get cannot install libegl1: E: Unable to locate package libegl1")


def _stand_in_for_apt(folder: Path, monkeypatch: pytest.MonkeyPatch, status: int) -> Path:
    """A program of apt-get's name, which writes down how it is called."""
    calls = folder / "calls"
    program = folder / "apt-get"
    refusal = "E: Unable to locate package libegl1" if status else ""
    program.write_text(f'#!/bin/sh\necho "$@" >> {calls}\necho "{refusal}"\necho\nexit {status}\n')
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{folder}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    return calls


@pytest.mark.parametrize(
    ("output", "reason"),
    [
        ("Collecting a\nERROR: No matching distribution found for a\nnotice: new pip\n", "ERROR: No matching"),
        ("Killed\n\n", "Killed"),
        ("", "no reason"),
    ],
)
def test_reason_is_the_line_that_says_what_is_wrong(dev: ModuleType, output: str, reason: str) -> None:
    assert dev._reason(output).startswith(reason)


def test_progress_off_a_terminal_is_two_lines(dev: ModuleType, capsys: pytest.CaptureFixture[str]) -> None:
    with dev.Progress("Installing", total=2) as progress:
        progress.advance("numpy")
    assert capsys.readouterr().err.splitlines() == ["Installing ...", "Installing: 0 s"]


def test_progress_on_a_terminal_is_one_line_redrawn(
    dev: ModuleType, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    with dev.Progress("Installing", total=2) as progress:
        progress.advance("numpy")
        progress.advance("pandas")
        progress.advance("more than was foreseen")
    drawn = capsys.readouterr().err
    assert drawn.count("\n") == 1
    assert "Installing [############............] numpy" in drawn
    assert "Installing [########################] pandas" in drawn


@pytest.mark.parametrize(("code", "status"), [("raise SystemExit(5)", 5), ("import os; os.abort()", 134)])
def test_status_of_the_program_is_handed_on(dev: ModuleType, code: str, status: int) -> None:
    assert dev.start([sys.executable, "-c", code]) == status


@pytest.mark.parametrize("arguments", [["--help"], ["dance"], []])
def test_commands_are_told(arguments: list[str]) -> None:
    done = subprocess.run([sys.executable, SCRIPT, *arguments], capture_output=True, text=True, check=False)
    assert done.returncode == (0 if "--help" in arguments else 2)
    assert "run,test,bench" in done.stdout + done.stderr


def test_set_up_that_fails_is_one_sentence(
    dev: ModuleType, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(dev, "OLDEST_PYTHON", (99, 0))
    assert dev.main(["test"]) == 1
    assert capsys.readouterr().err.startswith("GenStudio needs Python 99.0 or newer, and this is 3.")


def test_packages_are_named_as_pip_comes_to_them(dev: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    drawn: list[str] = []
    progress = dev.Progress("Installing", total=3)
    monkeypatch.setattr(progress, "advance", drawn.append)
    lines = ["Collecting numpy==2.4.6 (from -c x)", "  Downloading numpy", "Requirement already satisfied: scipy>=1"]
    for line in lines:
        dev._show(line, progress)
    assert drawn == ["numpy", "scipy"]
