"""What is checked before, while and after a file is read, whichever reader does it."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from genstudio.errors import Cancelled, DataError, GenStudioError

_PICKLES = frozenset({".pkl", ".pickle", ".pt", ".pth", ".ckpt", ".joblib", ".dill"})


def guarded(path: str | Path) -> tuple[Path, os.stat_result]:
    """The path and its state, once it is sure that reading it ends and runs no code. It may be a folder.

    Raises:
        DataError: it is not there, cannot be opened, is a device or pipe, is empty, or is a pickle by its name.
    """
    path = Path(path)
    # "." and ".." are no names to call data by.
    path = path if path.name not in ("", "..") else path.absolute().resolve()
    try:
        state = path.stat()
    except FileNotFoundError:
        raise DataError(f"There is no file {short(path)}.", "Check its name and folder.") from None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise DataError(f"{short(path)} cannot be opened: {reason}.", "Check its name, folder and rights.") from error
    if stat.S_ISDIR(state.st_mode):
        return path, state
    if not stat.S_ISREG(state.st_mode):
        raise DataError(f"{short(path)} is a device or pipe, not a file.", "Save its content to a file and open that.")
    if path.suffix.lower() in _PICKLES:
        raise pickle(path.name)
    if state.st_size == 0:
        raise DataError(f"{path.name} is empty.", "Choose a file that holds data.")
    return path, state


def pickle(name: str) -> DataError:
    """What is said to a pickle."""
    return DataError(
        f"{name} is a pickle, which could run any program when it is opened, so it is not read.",
        "Save the numbers as NPY, NPZ, CSV or Parquet and open that.",
    )


@contextmanager
def unchanged(path: Path, before: os.stat_result) -> Iterator[None]:
    """Refuses what was read while the file changed; that comes before any damage found, being the cause of it."""
    try:
        yield
    except DataError:
        _refuse_changed(path, before)
        raise
    _refuse_changed(path, before)


def _refuse_changed(path: Path, before: os.stat_result) -> None:
    now = path.stat()
    if (now.st_size, now.st_mtime_ns, now.st_ino) != (before.st_size, before.st_mtime_ns, before.st_ino):
        raise DataError(f"{path.name} changed while it was read.", "Open it again once nothing writes to it.")


@contextmanager
def in_words(path: Path) -> Iterator[None]:
    """Says in a sentence whatever goes wrong with a file.

    Raises:
        DataError: in place of anything but `Cancelled` and our own errors.
    """
    try:
        yield
    except (Cancelled, GenStudioError):
        raise
    except FileNotFoundError as error:
        raise DataError(
            f"{path.name} was moved or deleted while it was read.", "Put it back and open it again."
        ) from error
    except MemoryError as error:
        raise DataError(
            f"{path.name} does not fit into memory.", "Open a part of it, or close other programs."
        ) from error
    except OSError as error:
        reason = error.strerror or str(error)
        raise DataError(
            f"{path.name} cannot be read: {reason}.", "Check that you may read it and that its disk is there."
        ) from error
    except Exception as error:
        # Parsers of foreign formats raise anything on hostile bytes; the cause stays attached for the details.
        raise DataError(
            f"{path.name} cannot be read; it seems to be damaged ({type(error).__name__}).",
            "Get a fresh copy of the file.",
        ) from error


def short(path: Path) -> str:
    """The path as a message can show it: never longer than 200 characters, and always Unicode."""
    text = str(path).encode("utf-8", "replace").decode()
    return text if len(text) <= 200 else f"{text[:100]}…{text[-99:]}"
