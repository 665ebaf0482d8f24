"""Named arrays as safetensors; what is read is checked against every byte of it."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray
from safetensors.numpy import save

from genstudio.errors import ArchiveError
from genstudio.runs import strict_json

Array = NDArray[Any]

_LENGTH_BYTES = 8
_LONGEST_HEADER = 1 << 20
_MOST_AXES = 8
_TYPES = {"F64": "<f8", "F32": "<f4", "I64": "<i8", "I32": "<i4", "U8": "|u1", "BOOL": "|b1"}
_KNOWN = {np.dtype(name) for name in _TYPES.values()}


def encode(arrays: Mapping[str, Array]) -> bytes:
    """The bytes of named arrays.

    Raises:
        TypeError: an array of a type that files do not hold.
    """
    plain: dict[str, Array] = {}
    for name, array in arrays.items():
        if array.dtype.newbyteorder("<") not in _KNOWN:
            raise TypeError(f"`{name}` is of type {array.dtype}, which no file holds")
        plain[name] = np.array(array, dtype=array.dtype.newbyteorder("<"), order="C")
    encoded: bytes = save(plain)
    return encoded


def decode(data: bytes, what: str) -> dict[str, Array]:
    """Named arrays from bytes; copies.

    Arguments:
        what: the member, to be named in the message.

    Raises:
        ArchiveError: the header is not sound, or the arrays do not fill the bytes exactly once.
    """
    try:
        header, body = _split(data, what)
        arrays, end = {}, 0
        for name, (kind, shape, begin, stop) in sorted(header.items(), key=lambda item: item[1][2:]):
            if begin != end:
                raise ValueError(f"`{name}` overlaps another array or leaves a gap")
            arrays[name] = _array(body, name, kind, shape, (begin, stop))
            end = stop
        if end != len(body):
            raise ValueError("bytes are left over")
    except ValueError as error:
        raise ArchiveError(f"{what} is damaged or was made to mislead: {error}.") from None
    return arrays


Entry = tuple[str, list[int], int, int]


def _split(data: bytes, what: str) -> tuple[dict[str, Entry], bytes]:
    length = int.from_bytes(data[:_LENGTH_BYTES], "little")
    start = _LENGTH_BYTES + length
    if len(data) < _LENGTH_BYTES or length > _LONGEST_HEADER or start > len(data):
        raise ValueError("its header is longer than it can be")
    header = strict_json.parse(data[_LENGTH_BYTES:start], what)
    if not isinstance(header, dict):
        raise ValueError("its header is no list of arrays")
    header.pop("__metadata__", None)
    return {name: _entry(name, value) for name, value in header.items()}, data[start:]


def _entry(name: str, value: Any) -> Entry:
    if not isinstance(value, dict) or set(value) != {"dtype", "shape", "data_offsets"}:
        raise ValueError(f"`{name}` is not described as an array")
    shape, offsets = value["shape"], value["data_offsets"]
    if not (_whole(shape) and len(shape) <= _MOST_AXES and _whole(offsets) and len(offsets) == 2):
        raise ValueError(f"`{name}` has no sound shape or place")
    kind = value["dtype"]
    if not isinstance(kind, str) or kind not in _TYPES:
        raise ValueError(f"`{name}` is of a type that is not read here")
    return kind, shape, offsets[0], offsets[1]


def _whole(values: Any) -> bool:
    return isinstance(values, list) and all(type(value) is int and value >= 0 for value in values)


def _array(body: bytes, name: str, kind: str, shape: list[int], place: tuple[int, int]) -> Array:
    begin, stop = place
    dtype = np.dtype(_TYPES[kind])
    if stop > len(body) or stop - begin != math.prod(shape) * dtype.itemsize:
        raise ValueError(f"`{name}` reaches beyond the end, or its size does not fit its shape")
    raw = np.frombuffer(body[begin:stop], dtype=np.uint8)
    if kind == "BOOL" and (raw > 1).any():
        raise ValueError(f"`{name}` holds what is neither true nor false")
    return raw.view(dtype).reshape(shape).copy()
