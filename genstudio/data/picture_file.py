"""One picture file: opened with suspicion, brought to a size and to grey or colour."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import IO, Any, Literal

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps, UnidentifiedImageError

from genstudio.data.guards import guarded, in_words, unchanged
from genstudio.errors import DataError

Bytes = NDArray[np.uint8]
Intensities = NDArray[np.float32]
Fit = Literal["crop", "pad", "stretch"]

SUFFIXES = (".png", ".jpg", ".jpeg", ".bmp", ".gif", ".webp")
FORMATS = ("PNG", "JPEG", "BMP", "GIF", "WEBP")
MOST_PIXELS = 64 << 20
MOST_FILE_BYTES = 256 << 20
_SIXTEEN_BITS = 257
# What hostile bytes make Pillow raise besides its own errors; a warning counts where warnings are errors.
_UNREADABLE = (
    OSError, SyntaxError, ValueError, TypeError, LookupError, EOFError, ArithmeticError, AttributeError, RuntimeError,
    MemoryError, NotImplementedError, AssertionError, Image.DecompressionBombError, Image.DecompressionBombWarning,
)


class UnreadableError(Exception):
    """Says in a few words why a picture cannot be read."""


def read_picture(path: str | Path, shape: tuple[int, int, int], fit: Fit = "crop", invert: bool = False) -> Intensities:
    """A person's own picture as a model sees it: intensities in [0, 1], shape (C, H, W).

    Arguments:
        shape: channels (1 or 3), height and width that the model learned from.
        fit: how another aspect ratio is met: cut off at the sides, filled up, or stretched.
        invert: make dark what is light, as a drawing on paper needs for models of white on black.

    Raises:
        DataError: what is wrong with the file, and what to do.
    """
    path, state = guarded(path)
    if path.is_dir():
        raise DataError(f"{path.name} is a folder, not a picture.", "Choose a picture in it.")
    with in_words(path), unchanged(path, state):
        try:
            pixels = decoded(path, shape, fit)
        except UnreadableError as error:
            raise DataError(f"{path.name} cannot be read as a picture: {error}.", "Choose another picture.") from error
    intensities = pixels.transpose(2, 0, 1).astype(np.float32) / np.float32(255.0)
    return 1.0 - intensities if invert else intensities


def looked_at(file: Path | IO[bytes]) -> tuple[tuple[int, int], bool]:
    """Width and height of a picture as it is seen, and whether it is stored in colour; by its header alone.

    Raises:
        UnreadableError: it is no picture, or too large.
    """
    with _opened(file) as image:
        width, height = image.size
        turned = _orientation(image) >= 5
        return ((height, width) if turned else (width, height)), not _is_grey(image)


def decoded(file: Path | IO[bytes], shape: tuple[int, int, int], fit: Fit) -> Bytes:
    """A picture as bytes, shape (H, W, C): turned upright, its first frame, laid on white where it is transparent.

    Arguments:
        shape: C (1 grey or 3 colour), H, W.

    Raises:
        UnreadableError: it is damaged, no picture, or too large.
    """
    channels, height, width = shape
    with _opened(file) as image:
        try:
            # JPEG can be unpacked at a fraction of its size.
            image.draft(None, (2 * max(height, width),) * 2)
            image.load()
            upright = ImageOps.exif_transpose(image)
            plain = _laid_on_white(_in_eight_bits(upright)).convert("L" if channels == 1 else "RGB")
            fitted = plain if plain.size == (width, height) else _fitted(plain, (width, height), fit)
            return np.asarray(fitted, dtype=np.uint8).reshape(height, width, channels)
        except _UNREADABLE as error:
            raise UnreadableError(_reason(error)) from error


def _opened(file: Path | IO[bytes]) -> Image.Image:
    try:
        image = Image.open(file, formats=FORMATS)
    except _UNREADABLE as error:
        raise UnreadableError(_reason(error)) from error
    if image.width * image.height > MOST_PIXELS:
        size = f"{image.width:,} × {image.height:,}"
        image.close()
        raise UnreadableError(f"it has {size} pixels, and at most {MOST_PIXELS >> 20} million are read")
    return image


def _reason(error: BaseException) -> str:
    if isinstance(error, UnidentifiedImageError):
        return "it is no PNG, JPEG, BMP, GIF or WebP"
    if isinstance(error, (Image.DecompressionBombError, Image.DecompressionBombWarning)):
        return f"it has more than {MOST_PIXELS >> 20} million pixels"
    return "it is damaged or cut short"


def _orientation(image: Image.Image) -> int:
    with suppress(*_UNREADABLE):
        return int(image.getexif().get(0x0112, 1))
    return 1


def _is_grey(image: Image.Image) -> bool:
    return image.mode in ("1", "L", "LA", "La", "I", "F") or image.mode.startswith("I;16")


def _in_eight_bits(image: Image.Image) -> Image.Image:
    if image.mode != "I" and not image.mode.startswith("I;16"):
        return image
    values = np.asarray(image).astype(np.int64)
    return Image.fromarray(np.clip(np.rint(values / _SIXTEEN_BITS), 0, 255).astype(np.uint8))


def _laid_on_white(image: Image.Image) -> Image.Image:
    if "transparency" not in image.info and "A" not in image.mode and "a" not in image.mode:
        return image
    whole = image.convert("RGBA")
    return Image.alpha_composite(Image.new("RGBA", whole.size, "white"), whole)


def _fitted(image: Image.Image, size: tuple[int, int], fit: Fit) -> Image.Image:
    method = Image.Resampling.LANCZOS
    if fit == "crop":
        return ImageOps.fit(image, size, method)
    if fit == "pad":
        corner: Any = image.getpixel((0, 0))
        return ImageOps.pad(image, size, method, color=corner)
    return image.resize(size, method)
