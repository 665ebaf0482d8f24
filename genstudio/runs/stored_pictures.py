"""Pictures as members of a file."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from genstudio.data.pictures import Pictures
from genstudio.errors import ArchiveError
from genstudio.runs import strict_json, tensors
from genstudio.runs.container import PICTURES, Members

LARGEST_BYTES = 64 << 20


def names(folder: str) -> tuple[str, str]:
    """The members that hold what is said of the pictures, and their pixels."""
    return f"{folder}/pictures.json", f"{folder}{PICTURES}"


def fits(pictures: Pictures) -> bool:
    """Whether the pictures are small enough to be kept inside a file."""
    return pictures.pixels.nbytes <= LARGEST_BYTES


def to_members(pictures: Pictures, folder: str) -> Members:
    """The members that hold pictures."""
    described = {"name": pictures.name, "levels": list(pictures.levels), "notes": list(pictures.notes)}
    arrays: dict[str, NDArray[Any]] = {"pixels": pictures.pixels}
    if pictures.codes is not None:
        arrays["codes"] = pictures.codes
    described_in, arrays_in = names(folder)
    return {described_in: strict_json.encode(described), arrays_in: tensors.encode(arrays)}


def from_members(members: Mapping[str, bytes], folder: str) -> Pictures:
    """The pictures that `to_members` stored.

    Raises:
        ArchiveError: a member is missing, or they do not belong together.
    """
    described_in, arrays_in = names(folder)
    if described_in not in members or arrays_in not in members:
        raise ArchiveError("The pictures inside the file are damaged.", "Open them again.")
    described = strict_json.parse(members[described_in], described_in)
    arrays = tensors.decode(members[arrays_in], arrays_in)
    try:
        return _pictures(described, arrays)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise ArchiveError(f"{described_in} is damaged or was made to mislead ({error}).") from None


def _pictures(described: Mapping[str, Any], arrays: Mapping[str, Any]) -> Pictures:
    pixels, codes = arrays["pixels"], arrays.get("codes")
    if pixels.dtype != np.uint8 or pixels.ndim != 4 or pixels.shape[3] not in (1, 3) or not pixels.size:
        raise ValueError("its pixels have no sound shape")
    levels = tuple(map(_text, described["levels"]))
    if codes is not None:
        if codes.dtype != np.int64 or codes.shape != pixels.shape[:1]:
            raise ValueError("its classes and its pictures differ")
        if codes.min() < -1 or codes.max() >= len(levels):
            raise ValueError("a code stands for no class")
    return Pictures(_text(described["name"]), pixels, codes, levels, tuple(map(_text, described["notes"])))


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError("a name is no text")
    return value
