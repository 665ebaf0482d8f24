"""From the words typed to a command or the window, and from faults to one line and an exit status."""

from __future__ import annotations

import argparse
import gc
import os
import pkgutil
import sys
import traceback
from collections.abc import Sequence
from pathlib import Path

from genstudio import __version__
from genstudio.errors import GenStudioError
from genstudio.registry import discover

_COMMANDS = "genstudio.cli.commands"
_DONE, _FAILED, _USAGE = 0, 1, 2


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line.

    Arguments:
        argv: the words after the program's name; those of the process when None.

    Returns:
        The exit status: 0 done, 1 failed, 2 wrong usage.
    """
    words = list(sys.argv[1:] if argv is None else argv)
    try:
        status = _dispatch(words)
        sys.stdout.flush()
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else _USAGE
    except BrokenPipeError:
        _forget_output()
        return _FAILED
    except KeyboardInterrupt:
        return _failed("Stopped.")
    except Exception as error:  # noqa: BLE001 - a person gets one line, whatever happens
        if "--debug" in words:
            traceback.print_exc()
        return _failed(_sentence(error))
    return status


def _dispatch(words: list[str]) -> int:
    known = [module.name for module in pkgutil.iter_modules([str(Path(__file__).parent / "commands")])]
    if not words or (words[0] not in known and not words[0].startswith("-")):
        return _open_window(words, known)
    # Commands bring NumPy and more with them, which the window's way must not wait for.
    from genstudio.cli.command import Command  # noqa: PLC0415

    commands = {key: kind() for key, kind in discover(_COMMANDS, Command).items()}  # type: ignore[type-abstract]
    parser = argparse.ArgumentParser(
        "genstudio", description="Learn generative models, look at them, and put them to work.",
        epilog="Without a command the window opens; genstudio FILE opens a data file, recipe or run in it.",
    )
    parser.add_argument("--version", action="version", version=f"GenStudio {__version__}")
    parts = parser.add_subparsers(dest="command", metavar="COMMAND", required=True)
    for key, command in commands.items():
        part = parts.add_parser(key, help=command.info.title, description=command.info.title)
        part.add_argument("--debug", action="store_true", help="show where a fault came from")
        command.configure(part)
    arguments = parser.parse_args(words)
    return commands[arguments.command].carry_out(arguments)


def _open_window(words: list[str], commands: Sequence[str]) -> int:
    for word in words:
        if not Path(word).exists():
            print(f"genstudio: There is no file and no command called `{word}`; commands are "
                  f"{', '.join(commands)}.", file=sys.stderr)
            return _USAGE
    # Importing makes no garbage worth a tenth of the start; from then on the window collects its own.
    gc.disable()
    # Qt is needed here alone.
    from genstudio.ui.app import main as open_window  # noqa: PLC0415

    return open_window([Path(word) for word in words])


def _sentence(error: Exception) -> str:
    if isinstance(error, GenStudioError):
        return str(error)
    if isinstance(error, MemoryError):
        return "There is not enough memory for this. Take fewer rows or a smaller model."
    return f"Something went wrong inside the program ({type(error).__name__}: {error}). --debug shows where."


def _failed(sentence: str) -> int:
    print(f"genstudio: {' '.join(sentence.split())}", file=sys.stderr)
    return _FAILED


def _forget_output() -> None:
    """Whoever read our output has gone; Python must not complain about that when it ends."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, sys.stdout.fileno())
    os.close(nowhere)
