"""Prepared pictures as a file that others read, and that can be opened here again."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from genstudio.atomic import replacing
from genstudio.data.dataset import Dataset
from genstudio.runs.export import write_npz
from genstudio.runs.prepared import PARTS

Bytes = NDArray[np.uint8]
NO_CLASS = "no class"
_SEPARATORS = '/\\:*?"<>|'


def write_prepared_pictures(path: Path, data: Dataset) -> None:
    """The pictures that are learned from or held out, in their order, as NPZ or, by the name's ending, a zip of PNGs.

    The arrays are `pixels` (N, H, W, C), `part` (N,), `row` (N,), counted from 1, and where there are classes `labels`
    (N,), codes into `class_names`, -1 for none. In a zip each class has a folder, and names are the rows.

    Raises:
        ArchiveError: the file cannot be written.
    """
    rows = np.concatenate(data.rows)
    order = np.argsort(rows, kind="stable")
    pixels = np.ascontiguousarray(data.everything[order].transpose(0, 2, 3, 1))
    codes = None if data.labels is None else _codes(data)[order]
    if path.suffix.lower() == ".zip":
        levels = () if data.labels is None else data.labels.levels
        _write_zip(path, pixels, rows[order], codes, levels)
        return
    parts = np.repeat(np.array(PARTS), [len(part) for part in data.rows])[order]
    arrays: dict[str, NDArray[Any]] = {"pixels": pixels, "row": rows[order] + 1, "part": parts}
    if codes is not None and data.labels is not None:
        arrays |= {"labels": codes, "class_names": np.array(data.labels.levels, str)}
    write_npz(path, arrays)


def _codes(data: Dataset) -> NDArray[np.int64]:
    assert data.labels is not None
    return np.concatenate([data.labels.train, data.labels.valid, data.labels.test])


def _write_zip(
    path: Path, pixels: Bytes, rows: NDArray[np.int64], codes: NDArray[np.int64] | None, levels: tuple[str, ...]
) -> None:
    folders = [f"{name}/" for name in _folders(levels)]
    # PNGs are packed already.
    with replacing(path) as file, zipfile.ZipFile(file, "w", zipfile.ZIP_STORED) as archive:
        for place, row in enumerate(rows.tolist()):
            # The last is that of pictures without a class, whose code is -1.
            folder = "" if codes is None else folders[int(codes[place])]
            archive.writestr(f"{folder}{row + 1:06d}.png", _png(pixels[place]))


def _folders(levels: tuple[str, ...]) -> list[str]:
    """Classes, and no class, as names of folders: no two alike, and none that holds separators or climbs."""
    found: list[str] = []
    for code, word in enumerate((*levels, NO_CLASS)):
        plain = "".join("-" if character in _SEPARATORS or ord(character) < 32 else character for character in word)
        name = plain.strip(" .") or f"class {code}"
        found.append(name if name not in found else f"{name} {code}")
    return found


def _png(pixels: Bytes) -> bytes:
    content = io.BytesIO()
    Image.fromarray(pixels[..., 0] if pixels.shape[2] == 1 else pixels).save(content, "png")
    return content.getvalue()
