"""Opening a data file: guards first, then the reader that knows its content."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from genstudio.data.pictures import Raw
from genstudio.data.reader import Reader, Watch, readers, unwatched
from genstudio.data.table import Table
from genstudio.errors import Cancelled, DataError, GenStudioError
from genstudio.settings import Settings, validate

_HEAD_BYTES = 1 << 16
_PICKLES = frozenset({".pkl", ".pickle", ".pt", ".pth", ".ckpt", ".joblib", ".dill"})
_FOREIGN = {
    b"\x1f\x8b": "a gzip archive",
    b"BZh": "a bzip2 archive",
    b"\xfd7zXZ": "an xz archive",
    b"7z\xbc\xaf": "a 7z archive",
    b"Rar!": "a rar archive",
    b"%PDF": "a PDF",
    b"\x89PNG": "a PNG picture",
    b"\xff\xd8\xff": "a JPEG picture",
    b"GIF8": "a GIF picture",
    b"\x89HDF": "an HDF5 file",
    b"MATLAB 5.0": "a MATLAB file",
    b"SQLite format 3": "an SQLite database",
    b"ARROW1": "an Arrow file",
    b"\x7fELF": "a program",
}


def open_raw(path: str | Path, settings: Mapping[str, Any] | None = None, watch: Watch = unwatched) -> Raw:
    """A data file as a table or as pictures, whichever it holds.

    Arguments:
        settings: what a person has chosen; the rest is detected.
        watch: told the progress from whichever thread calls this; may raise `Cancelled`.

    Raises:
        DataError: what is wrong with the file, where, and what to do.
        SettingsError: a setting that the file's reader does not know.
        Cancelled: raised by `watch`.
    """
    path, before = _guarded(path)
    with _in_words(path), _unchanged(path, before):
        reader = _reader_for(path)
        chosen = reader.detect(path)
        if settings:
            chosen = validate(reader.Settings, {**chosen.model_dump(), **settings}, path.name)
        return reader.read(path, chosen, watch)


def open_table(path: str | Path, settings: Mapping[str, Any] | None = None, watch: Watch = unwatched) -> Table:
    """A data file as a table; as `open_raw`, but pictures are refused.

    Raises:
        DataError: also when the file holds pictures.
    """
    raw = open_raw(path, settings, watch)
    if isinstance(raw, Table):
        return raw
    raise DataError(f"{raw.name} holds pictures, where a table is wanted.", "Choose a file with rows and columns.")


def reader_for(path: str | Path) -> Reader:
    """The reader for a file: by its content, and by its suffix where the content says nothing."""
    path, _ = _guarded(path)
    with _in_words(path):
        return _reader_for(path)


def detect_settings(path: str | Path) -> Settings:
    """The settings that fit a file, an instance of its reader's `Settings`."""
    path, _ = _guarded(path)
    with _in_words(path):
        found: Settings = _reader_for(path).detect(path)
        return found


def offered_names(path: str | Path) -> Mapping[str, tuple[str, ...]]:
    """The names found in a file that a setting of its reader can take, by setting."""
    path, _ = _guarded(path)
    with _in_words(path):
        return _reader_for(path).offers(path)


def file_filters() -> list[str]:
    """Filters for a file dialog, Qt's notation; the first takes in every format."""
    infos = [reader.info for reader in readers().values()]
    known = " ".join(f"*{suffix}" for info in infos for suffix in info.suffixes)
    each = [f"{info.title} ({' '.join('*' + suffix for suffix in info.suffixes)})" for info in infos]
    return [f"Data files ({known})", *each, "All files (*)"]


def _reader_for(path: Path) -> Reader:
    with path.open("rb") as file:
        head = file.read(_HEAD_BYTES)
    _refuse_foreign(path, head)
    known = [reader() for reader in readers().values()]
    for reader in known:
        if reader.recognises(path, head):
            return reader
    for reader in known:
        if path.suffix.lower() in reader.info.suffixes:
            return reader
    if head.startswith(b"PK"):
        raise DataError(f"{path.name} is a zip archive without a table.", "Unpack it, or save the workbook as .xlsx.")
    raise DataError(
        f"{path.name} is of no kind that can be read here.",
        f"Choose one of these: {', '.join(reader.info.title for reader in known)}.",
    )


def _guarded(path: str | Path) -> tuple[Path, os.stat_result]:
    """The path and its state, once it is sure that reading it ends and runs no code."""
    path = Path(path)
    name = path.name or str(path)
    try:
        state = path.stat()
    except FileNotFoundError:
        raise DataError(f"There is no file {_short(path)}.", "Check its name and folder.") from None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise DataError(f"{_short(path)} cannot be opened: {reason}.", "Check its name, folder and rights.") from error
    if stat.S_ISDIR(state.st_mode):
        raise DataError(f"{_short(path)} is a folder.", "Choose a file in it.")
    if not stat.S_ISREG(state.st_mode):
        raise DataError(f"{_short(path)} is a device or pipe, not a file.", "Save its content to a file and open that.")
    if path.suffix.lower() in _PICKLES:
        raise _pickle(name)
    if state.st_size == 0:
        raise DataError(f"{name} is empty.", "Choose a file that holds data.")
    return path, state


def _refuse_foreign(path: Path, head: bytes) -> None:
    if head[:1] == b"\x80" and head[1:2] in b"\x02\x03\x04\x05" and len(head) > 1:
        raise _pickle(path.name)
    for magic, kind in _FOREIGN.items():
        if head.startswith(magic):
            raise DataError(f"{path.name} is {kind}, not a table.", "Export or unpack the table from it, say as CSV.")


def _pickle(name: str) -> DataError:
    return DataError(
        f"{name} is a pickle, which could run any program when it is opened, so it is not read.",
        "Save the numbers as NPY, NPZ, CSV or Parquet and open that.",
    )


@contextmanager
def _unchanged(path: Path, before: os.stat_result) -> Iterator[None]:
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
def _in_words(path: Path) -> Iterator[None]:
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


def _short(path: Path) -> str:
    text = str(path).encode("utf-8", "replace").decode()
    return text if len(text) <= 200 else f"{text[:100]}…{text[-99:]}"
