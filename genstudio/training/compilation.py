"""Compiling an objective in the background, in a process of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import threading
from concurrent.futures import Future
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor, nn

from genstudio.training.objective import Function

GRACE_S = 5.0
_PROGRAM = "import sys, pathlib; from genstudio.training.compiler import main; main(*map(pathlib.Path, sys.argv[1:]))"


@dataclass(frozen=True)
class Request:
    """What is to be compiled.

    Arguments:
        net: what is called with tensors.
        given: those that go in, for example.
        threads: that it will be computed with.
    """

    net: nn.Module
    given: tuple[Tensor, ...]
    threads: int


class CannotCompile(Exception):  # noqa: N818 - it is no fault: training goes on without
    """Why an objective stays as it is, as the end of a sentence."""


class Compilation:
    """An objective on its way; training goes on meanwhile.

    Arguments:
        net: what is called with tensors.
        given: those that go in, for example.
        threads: that it will be computed with.

    Raises:
        CannotCompile: there is no way to begin.
    """

    def __init__(self, net: nn.Module, given: tuple[Tensor, ...], threads: int) -> None:
        self.given = given
        self._found: Future[Function] = Future()
        # What stands in it is carried out; nobody else may write there.
        self._folder = tempfile.TemporaryDirectory(prefix="genstudio-compiled-")
        wanted, self._place = (Path(self._folder.name) / name for name in ("request", "objective"))
        try:
            # A copy, made before any further step changes the network.
            torch.save(Request(net, given, threads), wanted)
            self._process = _started(wanted, self._place)
        except Exception as error:  # noqa: BLE001 - a network may refuse to be copied in any words
            self._folder.cleanup()
            raise CannotCompile(f"it cannot be handed to a process that compiles ({error})") from None
        self._thread = threading.Thread(target=self._wait, name="genstudio-compile", daemon=True)
        self._thread.start()

    def done(self) -> bool:
        """Whether `result` tells at once."""
        return self._found.done()

    def wait(self, seconds: float) -> None:
        """Wait for the end, so long at most."""
        self._thread.join(seconds)

    def result(self) -> Function:
        """What was made.

        Raises:
            CannotCompile: nothing was.
        """
        return self._found.result()

    def close(self) -> None:
        """End it, whatever it is at."""
        self._process.kill()
        self._thread.join(GRACE_S)

    def _wait(self) -> None:
        try:
            self._found.set_result(self._made())
        except CannotCompile as reason:
            self._found.set_exception(reason)
        except Exception as error:  # noqa: BLE001 - what cannot be loaded for any reason is as good as not compiled
            self._found.set_exception(CannotCompile(f"{type(error).__name__}: {error}".rstrip(".")))

    def _made(self) -> Function:
        with self._folder, self._process as process:
            assert process.stdout is not None
            said = process.stdout.read()
            if said:
                raise CannotCompile(json.loads(said)["reason"])
            if process.wait():
                raise CannotCompile(f"the process that compiles ended with status {process.returncode}")
            # It takes seconds to import, which only a training that is compiled has to spend.
            from genstudio.training.compiler import load  # noqa: PLC0415

            return load(self._place)


def _started(*files: Path) -> subprocess.Popen[bytes]:
    if getattr(sys, "frozen", False):
        raise OSError("the packaged program brings no compiler")
    # Standard input stays open: the process ends by itself once nobody holds this end any more.
    return subprocess.Popen(
        [sys.executable, "-c", _PROGRAM, *map(str, files)], env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
    )
