"""Pictures as files that others read: one mosaic, single PNGs in a folder or a zip, arrays."""

from __future__ import annotations

import io
import secrets
import shutil
import zipfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from genstudio.applications.mosaic import as_bytes, mosaic
from genstudio.atomic import replacing, write_bytes
from genstudio.data.reader import Watch, unwatched
from genstudio.errors import ArchiveError, DataError
from genstudio.runs.export import write_npz

Array = NDArray[Any]

ENDINGS = (".png", ".zip", ".npz", "")
MOSAIC_PIXELS = 1200
"""Mosaics of small pictures are enlarged by a whole factor to about this size."""
_STEP = 64


def write_pictures(
    path: Path, x: Array, arrays: Mapping[str, Array] | None = None, columns: int | None = None,
    watch: Watch = unwatched,
) -> None:
    """Pictures as the file's name says: .png a mosaic, .zip single PNGs, .npz arrays, no ending a folder of PNGs.

    Arguments:
        x: shape (N, C, H, W), bytes or intensities from 0 to 1.
        arrays: what an .npz holds; `x` as it is given when None.
        columns: of the mosaic; about a square when None.

    Raises:
        DataError: the name ends otherwise, or there are no pictures.
        ArchiveError: it cannot be written, or the folder is there already and holds something.
    """
    check_picture_format(path)
    if not len(x):
        raise DataError("There are no pictures to export.", "Draw some first.")
    ending = path.suffix.lower()
    if ending == ".png":
        write_bytes(path, png(_enlarged(mosaic(x, columns or square_columns(len(x))))))
    elif ending == ".npz":
        write_npz(path, arrays or {"x": x})
    elif ending == ".zip":
        _write_zip(path, x, watch)
    else:
        _write_folder(path, x, watch)


def check_picture_format(path: Path) -> None:
    """Make sure that a name says a format that pictures are written in.

    Raises:
        DataError: it does not.
    """
    if path.suffix.lower() not in ENDINGS:
        raise DataError(f"{path.name} is no name for exported pictures.", "End it with .png, .zip or .npz, or not.")


def png(pixels: Array) -> bytes:
    """One picture of bytes, shape (H, W, 3) or (H, W), as a PNG file."""
    buffer = io.BytesIO()
    Image.fromarray(pixels).save(buffer, "PNG")
    return buffer.getvalue()


def square_columns(count: int) -> int:
    """So many columns that a mosaic of `count` pictures is about as wide as high."""
    return max(1, int(np.ceil(np.sqrt(count))))


def _enlarged(pixels: Array) -> Array:
    factor = max(1, MOSAIC_PIXELS // max(pixels.shape[:2]))
    return np.ascontiguousarray(pixels.repeat(factor, 0).repeat(factor, 1))


def _singles(x: Array, watch: Watch) -> Iterator[tuple[str, bytes]]:
    digits = max(4, len(str(len(x))))
    for index in range(len(x)):
        if index % _STEP == 0:
            watch(index / len(x), "Writing pictures")
        pixels = as_bytes(x[index]).transpose(1, 2, 0)
        yield f"{index + 1:0{digits}}.png", png(pixels[..., 0] if pixels.shape[2] == 1 else pixels)


def _write_zip(path: Path, x: Array, watch: Watch) -> None:
    with replacing(path) as file, zipfile.ZipFile(file, "w") as archive:
        for name, content in _singles(x, watch):
            archive.writestr(name, content)


def _write_folder(path: Path, x: Array, watch: Watch) -> None:
    """Pictures are written beside the folder that they are to be in, which is there only once it is whole."""
    if path.exists() and (not path.is_dir() or any(path.iterdir())):
        raise ArchiveError(f"{path.name} is there already in {path.parent}.", "Choose the name of a new folder.")
    part = path.parent / f".genstudio-{secrets.token_hex(8)}.part"
    try:
        part.mkdir()
        for name, content in _singles(x, watch):
            (part / name).write_bytes(content)
        part.replace(path)
    except OSError as error:
        raise ArchiveError(
            f"The folder {path.name} cannot be written in {path.parent}: {error.strerror or error}.",
            "Choose another place.",
        ) from error
    finally:
        shutil.rmtree(part, ignore_errors=True)
