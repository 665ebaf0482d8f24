"""NumPy's NPY format read by its header, which is checked before a byte of the numbers is believed."""

from __future__ import annotations

import ast
import math
import struct
from dataclasses import dataclass
from typing import IO, Any

import numpy as np
from numpy.typing import NDArray

from genstudio.data.reader import Watch
from genstudio.data.readers._archive import refuse_oversized
from genstudio.errors import DataError

MAGIC = b"\x93NUMPY"
_LONGEST_HEADER = 1 << 20
_PIECE_BYTES = 1 << 22


@dataclass(frozen=True)
class Header:
    """What an NPY file says of itself.

    Arguments:
        fortran: whether the first index changes fastest.
        begin: where the numbers begin, bytes.
    """

    dtype: np.dtype[Any]
    shape: tuple[int, ...]
    fortran: bool
    begin: int

    @property
    def size(self) -> int:
        """Bytes of the numbers."""
        return math.prod(self.shape) * self.dtype.itemsize


def read_header(file: IO[bytes], where: str, total: int) -> Header:
    """The header, checked against how long the file is; the file then stands at the first number.

    Arguments:
        where: name of the file or member, for messages.
        total: length of the file, bytes.

    Raises:
        DataError: no NPY, a damaged header, Python objects, or fewer bytes than declared.
    """
    header = _parsed(file, where)
    if header.dtype.hasobject:
        raise DataError(
            f"{where} holds Python objects instead of numbers, and such a file can run any program when it is opened.",
            "Save it anew with a number type, such as np.save(path, array.astype(float)).",
        )
    if header.begin + header.size > total:
        raise DataError(
            f"{where} declares {header.size:,} bytes of numbers but holds {max(total - header.begin, 0):,}.",
            "It is damaged or cut short: get a fresh copy.",
        )
    refuse_oversized(where, header.size)
    return header


def read_body(file: IO[bytes], header: Header, where: str, watch: Watch) -> NDArray[Any]:
    """The numbers behind a header, read in pieces into an array of their own.

    A mapped file that shrinks would end the program.

    Raises:
        DataError: the file ends before the numbers do.
        Cancelled: raised by `watch`.
    """
    array = np.empty(header.shape, header.dtype, order="F" if header.fortran else "C")
    target = array.reshape(-1, order="A").view(np.uint8) if header.size else np.empty(0, np.uint8)
    for begin in range(0, len(target), _PIECE_BYTES):
        watch(begin / len(target), f"Reading {where}")
        piece = file.read(min(_PIECE_BYTES, len(target) - begin))
        if len(piece) < min(_PIECE_BYTES, len(target) - begin):
            raise DataError(f"{where} ends in the middle of its numbers.", "It is cut short: get a fresh copy.")
        target[begin : begin + len(piece)] = np.frombuffer(piece, np.uint8)
    watch(1.0, f"Reading {where}")
    return array


def _parsed(file: IO[bytes], where: str) -> Header:
    try:
        mark = file.read(8)
        if mark[:6] != MAGIC or mark[6] not in (1, 2, 3):
            raise ValueError("no NPY mark")
        form = "<H" if mark[6] == 1 else "<I"
        length = int(struct.unpack(form, file.read(struct.calcsize(form)))[0])
        text = file.read(min(length, _LONGEST_HEADER))
        fields = ast.literal_eval(text.decode("utf-8" if mark[6] == 3 else "latin-1").strip())
        dtype = np.lib.format.descr_to_dtype(fields["descr"])
        shape, fortran = fields["shape"], fields["fortran_order"]
        if not _is_shape(shape) or not isinstance(fortran, bool):
            raise ValueError("no shape")
        return Header(dtype, shape, fortran, len(mark) + struct.calcsize(form) + len(text))
    except (ValueError, TypeError, LookupError, SyntaxError, RecursionError, struct.error, MemoryError) as error:
        raise DataError(f"The header of {where} is damaged.", "Get a fresh copy of the file.") from error


def _is_shape(shape: Any) -> bool:
    return isinstance(shape, tuple) and all(type(length) is int and 0 <= length < 1 << 48 for length in shape)
