"""The wheel holds all that an installed program needs, and no more."""

from __future__ import annotations

import configparser
import json
import os
import re
import subprocess
import sys
import sysconfig
import tomllib
import zipfile
from collections.abc import Iterator
from email.parser import Parser
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

import genstudio

ROOT = Path(__file__).parent.parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    _pip("wheel", "--no-deps", "--no-build-isolation", "--no-index", "--wheel-dir", str(folder), str(ROOT))
    (built,) = folder.glob("*.whl")
    return built


linux_only = pytest.mark.skipif(sys.platform != "linux", reason="menus as Linux desktops keep them")


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The scripts of an environment that holds nothing but the wheel, and borrows the libraries of this one."""
    home = tmp_path_factory.mktemp("installed") / "venv"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", home], check=True)
    scripts = home / ("Scripts" if os.name == "nt" else "bin")
    python = scripts / Path(sys.executable).name
    _pip("--python", str(python), "install", "--no-deps", "--no-index", str(wheel))
    (packages,) = home.rglob("site-packages")
    # A plain path: the links of editable installs in it are not followed, so the checkout stays out of reach.
    (packages / "borrowed.pth").write_text(sysconfig.get_path("purelib"), encoding="utf-8")
    return scripts


def _pip(*arguments: str) -> None:
    command = [sys.executable, "-m", "pip", "--disable-pip-version-check", *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def _run(program: Path, *arguments: str, cwd: Path) -> str:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    command = [program, *arguments]
    done = subprocess.run(command, cwd=cwd, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def _contents(wheel: Path) -> set[str]:
    with zipfile.ZipFile(wheel) as archive:
        return set(archive.namelist())


def test_wheel_holds_package_and_resources(wheel: Path) -> None:
    sources = _tracked("genstudio")
    resources = {f"genstudio/{name}" for name in _tracked("resources")}
    assert resources
    assert not (sources | resources) - _contents(wheel)


def test_wheel_holds_nothing_else(wheel: Path) -> None:
    tops = {name.partition("/")[0] for name in _contents(wheel)}
    named = f"genstudio-{genstudio.__version__}"
    assert tops == {"genstudio", f"{named}.dist-info", f"{named}.data"}


def _tracked(folder: str) -> set[str]:
    """Files of the checkout that are to be shipped: not what running it leaves behind."""
    found = (path for path in (ROOT / folder).rglob("*") if path.is_file() and "__pycache__" not in path.parts)
    return {path.relative_to(ROOT).as_posix() for path in found if path.suffix != ".bak"}


def test_wheel_declares_what_the_project_declares(wheel: Path) -> None:
    (name,) = [name for name in _contents(wheel) if name.endswith(".dist-info/METADATA")]
    with zipfile.ZipFile(wheel) as archive:
        metadata = Parser().parsestr(archive.read(name).decode())
    assert metadata["Version"] == genstudio.__version__
    required = [Requirement(text) for text in metadata.get_all("Requires-Dist", [])]
    own = {canonicalize_name(requirement.name) for requirement in required if requirement.marker is None}
    assert own == {canonicalize_name(Requirement(text).name) for text in PROJECT["dependencies"]}


def test_installed_program_lists_its_data(installed: Path, tmp_path: Path) -> None:
    output = _run(installed / "genstudio", "list", "data", "--json", cwd=tmp_path)
    assert "two_moons" in json.dumps(json.loads(output.splitlines()[-1]))


def test_installed_program_finds_its_own_resources(installed: Path, tmp_path: Path) -> None:
    code = "from pathlib import Path; import genstudio; print(Path(genstudio.__file__).parent)"
    package = Path(_run(installed / Path(sys.executable).name, "-c", code, cwd=tmp_path).strip())
    assert package.is_relative_to(installed.parent)
    assert (package / "resources" / "icons" / "genstudio.svg").is_file()


@linux_only
def test_installed_program_stands_in_the_menu(installed: Path) -> None:
    share = installed.parent / "share"
    entry = configparser.ConfigParser(interpolation=None)
    entry.read(share / "applications" / "genstudio.desktop", encoding="utf-8")
    assert (installed / entry["Desktop Entry"]["Exec"].split()[0]).is_file()
    icon = entry["Desktop Entry"]["Icon"]
    assert (share / "icons" / "hicolor" / "scalable" / "apps" / f"{icon}.svg").is_file()


def _locked() -> dict[str, str]:
    text = (ROOT / "packaging" / "constraints.txt").read_text(encoding="utf-8")
    return {canonicalize_name(name): version for name, version in re.findall(r"^(\S+)==(\S+)$", text, re.MULTILINE)}


def _needed(texts: list[str]) -> Iterator[Requirement]:
    """What is required on this system, and what that requires in turn."""
    waiting = [Requirement(text) for text in texts]
    seen: set[tuple[str, frozenset[str]]] = set()
    while waiting:
        requirement = waiting.pop()
        key = (canonicalize_name(requirement.name), frozenset(requirement.extras))
        yield requirement
        if key not in seen:
            seen.add(key)
            waiting += _requirements_of(requirement)


def _requirements_of(parent: Requirement) -> list[Requirement]:
    try:
        texts = distribution(parent.name).requires or []
    except PackageNotFoundError:
        return []
    extras = [*parent.extras, ""]
    required = [Requirement(text) for text in texts]
    return [r for r in required if r.marker is None or any(r.marker.evaluate({"extra": extra}) for extra in extras)]


def test_every_needed_package_is_locked_within_its_range() -> None:
    locked = _locked()
    needed = list(_needed(PROJECT["dependencies"] + PROJECT["optional-dependencies"]["test"]))
    unlocked = [r.name for r in needed if not r.specifier.contains(locked.get(canonicalize_name(r.name), "0.dev0"))]
    assert not unlocked
    assert not locked.keys() - {canonicalize_name(r.name) for r in needed}
