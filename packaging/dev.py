#!/usr/bin/env python3
"""Set up this checkout, then run, test or measure GenStudio in it.

Needs nothing but Python 3.11: the first call makes .venv with the locked packages, later calls start at once.
"""

from __future__ import annotations

import argparse
import ctypes
import hashlib
import importlib.util
import os
import re
import shlex
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
CONSTRAINTS = ROOT / "packaging" / "constraints.txt"
STAMP = VENV / "genstudio-stamp"
LOG = VENV / "genstudio-install.log"
PICTURE = "genstudio-tour.png"
THEMES = ("dark", "light")
PICTURES = (("window", "two_moons", "", "live"), ("latent", "digits", "vae", "latent"))
OLDEST_PYTHON = (3, 11)

# Shared libraries that Qt loads on Linux, and the Debian packages that hold them.
OFFSCREEN_LIBRARIES = {
    "libGL.so.1": "libgl1",
    "libEGL.so.1": "libegl1",
    "libxkbcommon.so.0": "libxkbcommon0",
    "libdbus-1.so.3": "libdbus-1-3",
    "libglib-2.0.so.0": "libglib2.0-0",
    "libfontconfig.so.1": "libfontconfig1",
}
# Qt names libxcb-cursor whichever of these is missing, so they are looked for before it starts.
WINDOW_LIBRARIES = {
    "libxcb-cursor.so.0": "libxcb-cursor0",
    "libxcb-icccm.so.4": "libxcb-icccm4",
    "libxcb-keysyms.so.1": "libxcb-keysyms1",
    "libxcb-shape.so.0": "libxcb-shape0",
    "libxcb-xkb.so.1": "libxcb-xkb1",
    "libxkbcommon-x11.so.0": "libxkbcommon-x11-0",
}


class SetUpError(Exception):
    """What keeps the checkout from being set up, and what to do about it, in one sentence."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Carry out one command.

    Returns:
        The exit status of the program that was started; 1 where setting up failed.
    """
    given = list(sys.argv[1:] if arguments is None else arguments)
    command = COMMANDS[_parser().parse_args(given[:1]).command]
    try:
        return command(given[1:])
    except SetUpError as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 128 + signal.SIGINT


def run(arguments: Sequence[str]) -> int:
    """Open the window; where there is no display, draw a tour of it offscreen."""
    obstacle = display_obstacle(os.environ)
    if obstacle is None:
        return start([set_up(window=True), "-m", "genstudio", *arguments])
    print(f"{obstacle}: carrying out the tour offscreen, with its picture in {PICTURE}.", file=sys.stderr, flush=True)
    python = set_up(window=False)
    return start([python, "-m", "genstudio.ui.tour", "--output", PICTURE, *arguments], offscreen=True)


def test(arguments: Sequence[str]) -> int:
    """Run the tests offscreen; what follows goes to pytest."""
    python = set_up(window=False)
    # A file stays on one worker, so that what its tests share is made once.
    workers = str(min(os.cpu_count() or 1, 4))
    os.chdir(ROOT)
    return start([python, "-m", "pytest", "-n", workers, "--dist", "loadfile", *arguments], offscreen=True)


def bench(arguments: Sequence[str]) -> int:
    """Run the measurements, one JSON line a figure; what follows goes to tests/benchmarks."""
    python = set_up(window=False)
    os.chdir(ROOT)
    # Measurements have the machine to themselves: of two threads, the one that waits may do so at the ready.
    os.environ.setdefault("GOMP_SPINCOUNT", "300000")
    return start([python, "-m", "tests.benchmarks", *arguments], offscreen=True)


def picture(arguments: Sequence[str]) -> int:
    """Make the README's pictures of the window anew."""
    python = set_up(window=False)
    for name, source, model, panel in PICTURES:
        for theme in THEMES:
            output = ROOT / "packaging" / "pictures" / f"{name}-{theme}.png"
            output.parent.mkdir(exist_ok=True)
            tour: list[str | Path] = [python, "-m", "genstudio.ui.tour", "--source", source, "--model", model]
            tour += ["--panel", panel, "--theme", theme, "--output", output]
            if status := start([*tour, *arguments], offscreen=True):
                return status
    return 0


COMMANDS: dict[str, Callable[[Sequence[str]], int]] = {"run": run, "test": test, "bench": bench, "picture": picture}


def _parser() -> argparse.ArgumentParser:
    commands = [f"  {name:8} {command.__doc__}" for name, command in COMMANDS.items()]
    parser = argparse.ArgumentParser(
        usage=f"python3 packaging/dev.py {{{','.join(COMMANDS)}}} [arguments to hand on]",
        description=__doc__,
        epilog="\n".join(["commands:", *commands]),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("command", choices=COMMANDS, help=argparse.SUPPRESS)
    return parser


def start(command: Sequence[str | Path], *, offscreen: bool = False) -> int:
    """Run a program in the foreground; its exit status, as a shell would count it."""
    status = subprocess.run(command, env=child_environment(os.environ, offscreen=offscreen), check=False).returncode
    return 128 - status if status < 0 else status


def child_environment(environment: Mapping[str, str], *, offscreen: bool) -> dict[str, str]:
    """What a child of ours lives in.

    OpenBLAS and OpenMP threads spin while they wait, which on two busy cores costs more than it
    brings: one thread each, unless the person has chosen otherwise.
    """
    threads = {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}
    return {**threads, **environment, **({"QT_QPA_PLATFORM": "offscreen"} if offscreen else {})}


def display_obstacle(environment: Mapping[str, str]) -> str | None:
    """Why no window can open here, as the beginning of a sentence; None where one can."""
    if sys.platform != "linux":
        return None
    named = environment.get("WAYLAND_DISPLAY") or environment.get("DISPLAY")
    if not named:
        return "There is no display (neither DISPLAY nor WAYLAND_DISPLAY is set)"
    # A variable left behind by a session that has ended would make Qt abort.
    answered = any(_answers(address) for address in display_addresses(environment))
    return None if answered else f"The display {named} does not answer"


def display_addresses(environment: Mapping[str, str]) -> Iterator[str | tuple[str, int]]:
    """Where the displays that an environment names would answer: paths of sockets, or host and port."""
    if wayland := environment.get("WAYLAND_DISPLAY"):
        yield str(Path(environment.get("XDG_RUNTIME_DIR", "/")) / wayland)
    host, _, display = environment.get("DISPLAY", "").rpartition(":")
    number = display.partition(".")[0]
    if not number.isdecimal():
        return
    if host in ("", "unix"):
        yield f"/tmp/.X11-unix/X{number}"
        yield f"\0/tmp/.X11-unix/X{number}"
    else:
        yield host, 6000 + int(number)


def _answers(address: str | tuple[str, int]) -> bool:
    try:
        if isinstance(address, tuple):
            socket.create_connection(address, timeout=3).close()
        else:
            with socket.socket(socket.AF_UNIX) as connection:
                connection.connect(address)
    except OSError:
        return False
    return True


def set_up(*, window: bool) -> Path:
    """Make or renew the environment, where that is needed.

    Arguments:
        window: a real window will open, which needs more of the system than an offscreen one.

    Returns:
        The environment's Python.

    Raises:
        SetUpError: something is missing that cannot be had from here.
    """
    if sys.version_info < OLDEST_PYTHON:
        oldest = ".".join(map(str, OLDEST_PYTHON))
        raise SetUpError(f"GenStudio needs Python {oldest} or newer, and this is {sys.version.split()[0]}.")
    if sys.platform == "linux":
        provide_libraries(OFFSCREEN_LIBRARIES | (WINDOW_LIBRARIES if window else {}))
    python = VENV / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    if not _starts(python):
        make_environment()
    if not STAMP.is_file() or STAMP.read_text(encoding="utf-8") != stamp():
        install_packages(python)
        STAMP.write_text(stamp(), encoding="utf-8")
    return python


def _starts(python: Path) -> bool:
    """Whether an environment is whole: one cut off while it was made has no pip."""
    try:
        return subprocess.run([python, "-c", "import pip"], capture_output=True, check=False).returncode == 0
    except OSError:
        return False


def make_environment() -> None:
    """Make .venv anew, with the Python that runs this file."""
    ensurepip = importlib.util.find_spec("ensurepip")
    if ensurepip is None or ensurepip.origin is None:
        # Debian keeps what fills new environments in a package of its own, which may leave its folder behind.
        install_system_packages(["python3-venv"], "New environments need the package python3-venv")
    with Progress("Making .venv"):
        made = _quietly([sys.executable, "-m", "venv", "--clear", str(VENV)])
        if made.returncode:
            raise SetUpError(f"The environment {VENV} cannot be made: {_reason(made.stdout)}")


def stamp(root: Path = ROOT) -> str:
    """What the installed packages follow from: another stamp means installing again."""
    # An environment moved with its checkout would go on using the sources at the old place.
    digest = hashlib.sha256(os.fsencode(root))
    for name in ("pyproject.toml", "packaging/constraints.txt"):
        digest.update((root / name).read_bytes())
    return digest.hexdigest()


def install_packages(python: Path) -> None:
    """Install the locked packages, and this checkout as one that follows its sources."""
    command = [str(python), "-m", "pip", "install", "--disable-pip-version-check", "--progress-bar", "off"]
    command += ["-c", str(CONSTRAINTS), "-e", f"{ROOT}[test]"]
    total = CONSTRAINTS.read_text(encoding="utf-8").count("==")
    with Progress("Installing packages into .venv", total) as progress, LOG.open("w+", encoding="utf-8") as log:
        with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as pip:
            for line in pip.stdout or ():
                log.write(line)
                _show(line, progress)
        if pip.returncode:
            log.seek(0)
            raise SetUpError(f"The packages cannot be installed (pip's words are in {LOG}): {_reason(log.read())}")


def _show(line: str, progress: Progress) -> None:
    if package := re.match(r"(?:Collecting|Requirement already satisfied:) ([\w.-]+)", line):
        progress.advance(package[1])
    elif line.startswith("Installing collected"):
        progress.advance("unpacking")


def provide_libraries(libraries: Mapping[str, str]) -> None:
    """Have the shared libraries that Qt loads; names of libraries to Debian's packages."""
    missing = missing_libraries(libraries)
    if missing:
        install_system_packages([libraries[name] for name in missing], f"Qt needs {', '.join(missing)}")


def _loads(library: str) -> bool:
    try:
        ctypes.CDLL(library)
    except OSError:
        return False
    return True


def missing_libraries(names: Iterable[str], loads: Callable[[str], bool] = _loads) -> list[str]:
    """The shared libraries that the system's own loader does not find."""
    return [name for name in names if not loads(name)]


def install_system_packages(packages: Sequence[str], need: str) -> None:
    """Install Debian packages where that may be done, else say how.

    Arguments:
        need: what is missing, as the beginning of a sentence.
    """
    install = ["apt-get", "install", "--yes", "--no-install-recommends", *packages]
    if shutil.which("apt-get") is None:
        raise SetUpError(f"{need}: install what holds it with the system's package manager, then start this again.")
    if os.geteuid() != 0:
        raise SetUpError(f"{need}: run `sudo {shlex.join(install)}`, then start this again.")
    with Progress(f"Installing {', '.join(packages)}"):
        # Old lists of packages may still do: only the second command decides.
        _quietly(["apt-get", "update"])
        done = _quietly(install)
        if done.returncode:
            raise SetUpError(f"{need}, and apt-get cannot install {' '.join(packages)}: {_reason(done.stdout)}")


def _quietly(command: Sequence[str]) -> subprocess.CompletedProcess[str]:
    # dpkg refuses to work without the system's folders on its path.
    path = os.environ.get("PATH", os.defpath) + ":/usr/local/sbin:/usr/sbin:/sbin"
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive", **({} if os.name == "nt" else {"PATH": path})}
    return subprocess.run(
        command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False
    )


def _reason(output: str) -> str:
    """The line in which pip, venv or apt-get says what is wrong."""
    lines = [line.strip() for line in output.splitlines() if line.strip()]
    return next((line for line in lines if line.startswith(("ERROR:", "E:"))), lines[-1] if lines else "no reason")


class Progress:
    """One piece of work: a line redrawn in place on a terminal, a line before and a line after elsewhere.

    Arguments:
        total: parts of the work, drawn as a bar; 0 where they cannot be told.
    """

    WIDTH = 24

    def __init__(self, title: str, total: int = 0) -> None:
        self.title = title
        self.total = total
        self.done = 0
        self.live = sys.stderr.isatty()

    def __enter__(self) -> Progress:
        self.started = time.monotonic()
        self._write(f"{self.title} ...")
        return self

    def advance(self, part: str) -> None:
        """Say that the next part has begun."""
        self.done = min(self.done + 1, self.total)
        filled = self.WIDTH * self.done // self.total
        if self.live:
            self._write(f"{self.title} [{'#' * filled:.<{self.WIDTH}}] {part}")

    def __exit__(self, error: type[BaseException] | None, *_: object) -> None:
        if error is None:
            self._write(f"{self.title}: {time.monotonic() - self.started:.0f} s")
        if self.live:
            print(file=sys.stderr, flush=True)

    def _write(self, text: str) -> None:
        if self.live:
            columns = shutil.get_terminal_size().columns - 1
            print(f"\r\x1b[K{text[:columns]}", end="", file=sys.stderr, flush=True)
        else:
            print(text, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
