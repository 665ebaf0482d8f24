"""IDX, the format of MNIST: pictures in one file, their classes in another beside it; either may be packed by gzip."""

from __future__ import annotations

import gzip
import math
import re
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, ClassVar, cast

import numpy as np
from numpy.typing import NDArray

from genstudio.data.columns import Notes
from genstudio.data.guards import guarded
from genstudio.data.pictures import Pictures
from genstudio.data.reader import Reader, ReaderInfo, Watch, unwatched
from genstudio.data.readers._picture_arrays import channels_last, class_codes
from genstudio.data.readers._pixels import MOST_BYTES, bytes_of
from genstudio.errors import DataError
from genstudio.settings import Settings as BaseSettings
from genstudio.settings import setting

Array = NDArray[Any]

_GZIP = b"\x1f\x8b"
_TYPES = {0x08: ">u1", 0x09: ">i1", 0x0B: ">i2", 0x0C: ">i4", 0x0D: ">f4", 0x0E: ">f8"}
_MOST_AXES = 4
# Deflate cannot pack more tightly than this.
_MOST_RATIO = 1032
_PIECE_BYTES = 1 << 22


class IdxReader(Reader):
    """Reads the pictures of an IDX file, and their classes from the labels file beside it."""

    info: ClassVar[ReaderInfo] = ReaderInfo(
        "idx", "IDX pictures (MNIST)", (".idx", "-ubyte", "-ubyte.gz", ".idx.gz"), order=60
    )

    class Settings(BaseSettings):
        """Where the classes are."""

        labels: str = setting(
            "", "Name of the file beside it that holds the classes; found by its name, and none when empty."
        )

    def recognises(self, path: Path, head: bytes) -> bool:
        """Whether it begins as IDX does, packed or not."""
        return _is_idx(_unpacked_head(head) if head.startswith(_GZIP) else head)

    def detect(self, path: Path) -> IdxReader.Settings:
        """The labels file that belongs to the pictures by its name."""
        return self.Settings(labels=next(iter(_labels_beside(path)), ""))

    def read(self, path: Path, settings: IdxReader.Settings, watch: Watch = unwatched) -> Pictures:
        """The pictures, with classes where the labels file is there.

        Raises:
            DataError: no IDX, other dimensions than pictures have, more or fewer bytes than declared, or labels that
                do not belong to the pictures.
            Cancelled: raised by `watch`.
        """
        array = read_idx(path, watch)
        if array.ndim < 3:
            raise DataError(
                f"{path.name} holds {'labels' if array.ndim == 1 else 'a table'}, not pictures.",
                "Open the file with the pictures, such as train-images-idx3-ubyte; its labels are found beside it.",
            )
        notes = Notes()
        pixels = bytes_of(channels_last(array, path.name), path.name, notes, watch)
        if not settings.labels:
            return Pictures(path.name, pixels, notes=notes.sentences())
        codes, levels = class_codes(_labels(path, settings.labels, len(pixels)), None, notes)
        return Pictures(path.name, pixels, codes, levels, notes.sentences())


@dataclass(frozen=True)
class _Header:
    dtype: np.dtype[Any]
    shape: tuple[int, ...]

    @property
    def begin(self) -> int:
        return 4 + 4 * len(self.shape)

    @property
    def size(self) -> int:
        return math.prod(self.shape) * self.dtype.itemsize


def read_idx(path: Path, watch: Watch = unwatched) -> Array:
    """The array of an IDX file, packed or not, in its own type and shape.

    Raises:
        DataError: what is wrong; more is never unpacked than the header declares, and that is checked first.
        Cancelled: raised by `watch`.
    """
    with path.open("rb") as raw, _unpacking(path):
        packed = raw.read(2) == _GZIP
        raw.seek(0)
        file = cast("IO[bytes]", gzip.GzipFile(fileobj=raw) if packed else raw)
        header = _header(file, path.name)
        _check_size(header, path, packed)
        array = _body(file, header, path.name, watch)
        if file.read(1):
            raise DataError(
                f"{path.name} holds more bytes than its {_dimensions(header)} need.", "Get a fresh copy of the file."
            )
    return array


def _header(file: IO[bytes], where: str) -> _Header:
    mark = file.read(4)
    if not _is_idx(mark):
        raise DataError(
            f"{where} does not begin as an IDX file does: its magic number is {mark.hex() or 'missing'}.",
            "Get a fresh copy of the file, or choose another.",
        )
    lengths = file.read(4 * mark[3])
    if len(lengths) < 4 * mark[3]:
        raise _cut_short(where)
    shape = tuple(int(length) for length in np.frombuffer(lengths, ">u4"))
    if not all(shape):
        raise DataError(f"{where} declares no items: its dimensions are {shape}.", "Choose a file that holds some.")
    return _Header(np.dtype(_TYPES[mark[2]]), shape)


def _check_size(header: _Header, path: Path, packed: bool) -> None:
    if header.size > MOST_BYTES:
        raise DataError(
            f"{path.name} declares {_dimensions(header)}, {header.size / 2**30:,.1f} GiB; the limit is "
            f"{MOST_BYTES >> 30} GiB.",
            "Choose a part of it, or make sure that the file comes from someone you trust.",
        )
    held = path.stat().st_size
    most = held * _MOST_RATIO if packed else held - header.begin
    if header.size > most:
        raise DataError(
            f"{path.name} declares {_dimensions(header)}, {header.size:,} bytes, but is only {held:,} bytes long.",
            "It is damaged or cut short: get a fresh copy.",
        )


def _body(file: IO[bytes], header: _Header, where: str, watch: Watch) -> Array:
    array = np.empty(header.shape, header.dtype)
    target = array.reshape(-1).view(np.uint8)
    done = 0
    while done < header.size:
        watch(done / header.size, f"Reading {where}")
        piece = file.read(min(_PIECE_BYTES, header.size - done))
        if not piece:
            raise _cut_short(where)
        target[done : done + len(piece)] = np.frombuffer(piece, np.uint8)
        done += len(piece)
    return array


def _labels(path: Path, name: str, count: int) -> Array:
    if Path(name).name != name:
        raise DataError(f"The labels file `{name}` is not beside {path.name}.", "Give its name without a folder.")
    beside, _ = guarded(path.with_name(name))
    values = read_idx(beside)
    if values.ndim != 1 or len(values) != count:
        raise DataError(
            f"{name} holds values of shape {values.shape}, but {path.name} holds {count:,} pictures.",
            "Choose the labels that belong to the pictures, or none.",
        )
    return values


def _labels_beside(path: Path) -> Iterator[str]:
    """Names of files beside it that hold the classes, as MNIST calls them."""
    plain = re.sub("(?i)images", "labels", path.name.removesuffix(".gz")).replace("idx3", "idx1")
    for name in (plain, f"{plain}.gz"):
        if name != path.name and path.with_name(name).is_file():
            yield name


def _is_idx(head: bytes) -> bool:
    return len(head) >= 4 and head[:2] == b"\0\0" and head[2] in _TYPES and 1 <= head[3] <= _MOST_AXES


def _unpacked_head(head: bytes) -> bytes:
    try:
        return zlib.decompressobj(wbits=31).decompress(head, 4)
    except zlib.error:
        return b""


@contextmanager
def _unpacking(path: Path) -> Iterator[None]:
    try:
        yield
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise _cut_short(path.name) from error


def _dimensions(header: _Header) -> str:
    return " × ".join(f"{length:,}" for length in header.shape) + " values"


def _cut_short(where: str) -> DataError:
    return DataError(f"{where} is damaged or cut short.", "Get a fresh copy of the file.")
