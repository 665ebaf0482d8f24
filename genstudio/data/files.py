"""Opening a data file: guards first, then the reader that knows its content."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from genstudio.data.guards import guarded, in_words, pickle, short, unchanged
from genstudio.data.pictures import Raw
from genstudio.data.reader import Reader, Watch, readers, unwatched
from genstudio.data.table import Table
from genstudio.errors import DataError
from genstudio.settings import Settings, validate

_HEAD_BYTES = 1 << 16
_FOREIGN = {
    b"%PDF": "a PDF",
    b"\x89HDF": "an HDF5 file",
    b"MATLAB 5.0": "a MATLAB file",
    b"SQLite format 3": "an SQLite database",
    b"ARROW1": "an Arrow file",
    b"\x7fELF": "a program",
}
_PACKED = {
    b"\x1f\x8b": "a gzip archive",
    b"BZh": "a bzip2 archive",
    b"\xfd7zXZ": "an xz archive",
    b"7z\xbc\xaf": "a 7z archive",
    b"Rar!": "a rar archive",
}
_PICTURES = {
    b"\x89PNG": "PNG",
    b"\xff\xd8\xff": "JPEG",
    b"GIF8": "GIF",
    b"II*\0": "TIFF",
    b"MM\0*": "TIFF",
}


def open_raw(path: str | Path, settings: Mapping[str, Any] | None = None, watch: Watch = unwatched) -> Raw:
    """A data file, or a folder of them, as a table, as sequences or as pictures: whichever it holds.

    Arguments:
        settings: what a person has chosen; the rest is detected.
        watch: told the progress from whichever thread calls this; may raise `Cancelled`.

    Raises:
        DataError: what is wrong with the file, where, and what to do.
        SettingsError: a setting that the file's reader does not know.
        Cancelled: raised by `watch`.
    """
    path, before = guarded(path)
    with in_words(path), unchanged(path, before):
        reader = _reader_for(path)
        chosen = reader.detect(path)
        if settings:
            chosen = validate(reader.Settings, {**chosen.model_dump(), **settings}, path.name)
        raw = reader.read(path, chosen, watch)
        if not len(raw):
            # Damaged headers can say so, where the reader found nothing else to refuse.
            raise DataError(f"{path.name} has no rows.", "Choose a file that holds some.")
        return raw


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
    path, _ = guarded(path)
    with in_words(path):
        return _reader_for(path)


def detect_settings(path: str | Path) -> Settings:
    """The settings that fit a file, an instance of its reader's `Settings`."""
    path, _ = guarded(path)
    with in_words(path):
        found: Settings = _reader_for(path).detect(path)
        return found


def offered_names(path: str | Path) -> Mapping[str, tuple[str, ...]]:
    """The names found in a file that a setting of its reader can take, by setting."""
    path, _ = guarded(path)
    with in_words(path):
        return _reader_for(path).offers(path)


def file_filters() -> list[str]:
    """Filters for a file dialog, Qt's notation; the first takes in every format."""
    infos = [reader.info for reader in readers().values()]
    known = " ".join(dict.fromkeys(f"*{suffix}" for info in infos for suffix in info.suffixes))
    each = [f"{info.title} ({' '.join('*' + suffix for suffix in info.suffixes)})" for info in infos]
    return [f"Data files ({known})", *each, "All files (*)"]


def _reader_for(path: Path) -> Reader:
    known = [reader() for reader in readers().values()]
    if path.is_dir():
        return _folder_reader(path, known)
    with path.open("rb") as file:
        head = file.read(_HEAD_BYTES)
    _refuse_foreign(path, head)
    for reader in known:
        if reader.recognises(path, head):
            return reader
    _refuse_packed(path, head)
    for reader in known:
        if path.suffix.lower() in reader.info.suffixes:
            return reader
    if head.startswith(b"PK"):
        raise _packed(path, "a zip archive")
    raise DataError(
        f"{path.name} is of no kind that can be read here.",
        f"Choose one of these: {', '.join(reader.info.title for reader in known)}.",
    )


def _folder_reader(path: Path, known: Sequence[Reader]) -> Reader:
    for reader in known:
        if reader.info.folders and reader.recognises(path, b""):
            return reader
    raise DataError(
        f"{short(path)} is a folder without pictures, and without several files of one sequence each.",
        "Choose a file in it, or another folder.",
    )


def _refuse_foreign(path: Path, head: bytes) -> None:
    if head[:1] == b"\x80" and head[1:2] in b"\x02\x03\x04\x05" and len(head) > 1:
        raise pickle(path.name)
    for magic, kind in _FOREIGN.items():
        if head.startswith(magic):
            raise DataError(f"{path.name} is {kind}, not a table.", "Export or unpack the table from it, say as CSV.")
    picture = _picture_format(head)
    if picture:
        raise DataError(
            f"{path.name} is a single {picture} picture, and nothing can be learned from one alone.",
            "Open the folder that holds it: all its pictures are read, and its sub-folders are the classes.",
        )


def _picture_format(head: bytes) -> str | None:
    if head.startswith(b"RIFF") and head[8:12] == b"WEBP":
        return "WebP"
    # A text may begin with the same two letters, but holds no zeros.
    if head.startswith(b"BM") and head[6:10] == bytes(4):
        return "BMP"
    return next((kind for magic, kind in _PICTURES.items() if head.startswith(magic)), None)


def _refuse_packed(path: Path, head: bytes) -> None:
    for magic, kind in _PACKED.items():
        if head.startswith(magic):
            raise _packed(path, kind)


def _packed(path: Path, kind: str) -> DataError:
    return DataError(
        f"{path.name} is {kind} without a table or pictures in it that can be read here.",
        "Unpack it and open what is inside.",
    )
