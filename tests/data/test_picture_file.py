"""One picture: every sort that cameras and programs write comes out upright, in 8 bits and on white."""

from __future__ import annotations

import contextlib
import io
import struct
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from genstudio.data import picture_file
from genstudio.data.picture_file import Fit, UnreadableError, decoded, looked_at, read_picture
from genstudio.errors import DataError

# Dark at the left, light at the right, with a red half below.
RAMP = np.tile(np.linspace(0, 255, 24).astype(np.uint8), (24, 1))
COLOUR = np.stack([RAMP, RAMP // 2, 255 - RAMP], axis=-1)


def written(image: Image.Image, kind: str = "PNG", **options: Any) -> io.BytesIO:
    file = io.BytesIO()
    image.save(file, kind, **options)
    file.seek(0)
    return file


def chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def png_of_size(width: int, height: int) -> bytes:
    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    body = chunk(b"IDAT", zlib.compress(bytes(1000))) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + body


def rotated() -> io.BytesIO:
    exif = Image.Exif()
    exif[0x0112] = 6  # to be turned a quarter clockwise
    return written(Image.fromarray(RAMP[:12]), "JPEG", exif=exif, quality=100)


def animated(kind: str) -> io.BytesIO:
    first, second = Image.fromarray(RAMP), Image.fromarray(255 - RAMP)
    return written(first, kind, save_all=True, append_images=[second], **({"lossless": True} if kind == "WEBP" else {}))


def transparent() -> Image.Image:
    return Image.fromarray(np.dstack([COLOUR, np.zeros((24, 24), np.uint8)]))


def palette_with_transparency() -> io.BytesIO:
    image = Image.fromarray((np.arange(24 * 24).reshape(24, 24) % 2).astype(np.uint8))
    image = Image.frombytes("P", image.size, image.tobytes())
    image.putpalette([0, 0, 0, 255, 0, 0])
    return written(image, transparency=0)


SORTS: dict[str, tuple[Callable[[], io.BytesIO], np.ndarray, int]] = {
    "grey": (lambda: written(Image.fromarray(RAMP)), RAMP, 0),
    "colour": (lambda: written(Image.fromarray(COLOUR)), COLOUR, 0),
    "bmp": (lambda: written(Image.fromarray(COLOUR), "BMP"), COLOUR, 0),
    "webp": (lambda: written(Image.fromarray(COLOUR), "WEBP", lossless=True), COLOUR, 0),
    "jpeg": (lambda: written(Image.fromarray(RAMP), "JPEG", quality=100), RAMP, 2),
    "cmyk": (lambda: written(Image.fromarray(COLOUR).convert("CMYK"), "JPEG", quality=100), COLOUR, 24),
    "16-bit": (lambda: written(Image.fromarray(RAMP.astype(np.uint16) * 257)), RAMP, 0),
    "bits": (lambda: written(Image.fromarray(RAMP > 127)), (RAMP > 127) * np.uint8(255), 0),
    "palette": (lambda: written(Image.fromarray(RAMP).convert("P")), RAMP, 0),
    "gif": (lambda: animated("GIF"), RAMP, 0),
    "animated webp": (lambda: animated("WEBP"), RAMP, 0),
    "apng": (lambda: animated("PNG"), RAMP, 0),
    "transparent": (lambda: written(transparent()), np.full((24, 24), 255), 0),
    "grey with alpha": (lambda: written(transparent().convert("LA")), np.full((24, 24), 255), 0),
    "transparent palette": (
        palette_with_transparency,
        np.where((np.arange(576).reshape(24, 24, 1) % 2) == 1, [255, 0, 0], [255, 255, 255]), 0,
    ),
}


@pytest.mark.parametrize("sort", SORTS)
def test_every_sort_of_picture_comes_out_as_it_is_seen(sort: str) -> None:
    make, expected, tolerance = SORTS[sort]
    seen = np.broadcast_to(expected.reshape(24, 24, -1), (24, 24, 3))
    found = decoded(make(), (3, 24, 24), "stretch")
    assert found.dtype == np.uint8
    assert np.abs(found.astype(int) - seen).max() <= tolerance
    (size, colour) = looked_at(make())
    assert size == (24, 24)
    assert colour or expected.ndim == 2


def test_a_turned_photograph_stands_upright() -> None:
    assert looked_at(rotated()) == ((12, 24), False)
    found = decoded(rotated(), (1, 24, 12), "stretch")[..., 0]
    assert np.abs(found.astype(int) - np.rot90(RAMP[:12], -1)).max() <= 3


WIDE = np.zeros((8, 24), np.uint8)
WIDE[:, 8:16] = 200


@pytest.mark.parametrize(
    ("fit", "expected"),
    [
        ("crop", np.full((8, 8), 200)),
        ("pad", np.pad(np.repeat([[0, 200, 0]], 3, axis=0)[:1], ((1, 1), (0, 0)))),
        ("stretch", np.repeat([[0, 200, 0]], 3, axis=0)),
    ],
)
def test_other_shapes_are_cut_filled_or_stretched(fit: Fit, expected: np.ndarray) -> None:
    side = len(expected)
    found = decoded(written(Image.fromarray(WIDE)), (1, side, side), fit)[..., 0]
    assert np.abs(found.astype(int) - expected).max() <= 40 * (fit != "crop")


def test_a_large_photograph_is_made_small_without_its_full_size() -> None:
    photograph = Image.fromarray(np.tile(COLOUR, (50, 50, 1)))
    assert decoded(written(photograph, "JPEG"), (3, 16, 16), "crop").shape == (16, 16, 3)


WHOLE = written(Image.fromarray(COLOUR)).getvalue()
FAULTS = {
    "no picture": (b"GIF89a", "damaged|no PNG"),
    "text": (b"hello", "it is no PNG"),
    "empty": (b"", "it is no PNG"),
    "cut": (WHOLE[: len(WHOLE) // 2], "damaged or cut short"),
    "30,000 squared": (png_of_size(30_000, 30_000), "million pixels"),
    "10,000 squared": (png_of_size(10_000, 10_000), "million pixels"),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_what_cannot_be_read_says_why(fault: str) -> None:
    content, what = FAULTS[fault]
    with pytest.raises(UnreadableError, match=what):
        decoded(io.BytesIO(content), (3, 8, 8), "crop")


@settings(max_examples=150, deadline=None)
@given(
    kind=st.sampled_from(["PNG", "JPEG", "GIF", "BMP", "WEBP"]),
    places=st.lists(st.tuples(st.floats(0, 0.999), st.integers(0, 255)), max_size=5), share=st.floats(0.2, 1.0),
)  # fmt: skip
def test_no_bytes_make_it_raise_anything_but_a_reason(
    kind: str, places: list[tuple[float, int]], share: float
) -> None:
    content = bytearray(written(Image.fromarray(COLOUR), kind).getvalue())
    for place, value in places:
        content[int(place * len(content))] = value
    with contextlib.suppress(UnreadableError):
        assert decoded(io.BytesIO(content[: int(share * len(content))]), (3, 8, 8), "crop").shape == (8, 8, 3)


# A person's own picture.


def on_disk(folder: Path, name: str = "mine.png") -> Path:
    path = folder / name
    Image.fromarray(COLOUR).save(path, "PNG")
    return path


def test_an_own_picture_takes_the_shape_of_the_model(tmp_path: Path) -> None:
    grey = read_picture(on_disk(tmp_path), (1, 28, 20))
    assert (grey.shape, grey.dtype) == ((1, 28, 20), np.float32)
    colour = read_picture(on_disk(tmp_path), (3, 24, 24))
    assert np.allclose(colour, COLOUR.transpose(2, 0, 1) / 255)
    assert np.allclose(read_picture(on_disk(tmp_path), (3, 24, 24), invert=True), 1 - colour)
    assert read_picture(on_disk(tmp_path, "größe 数.png"), (3, 8, 8)).max() <= 1


@pytest.mark.parametrize(("content", "what"), [(b"", "is empty"), (b"nonsense", "cannot be read as a picture")])
def test_an_own_picture_that_is_none_is_refused(tmp_path: Path, content: bytes, what: str) -> None:
    path = tmp_path / "mine.png"
    path.write_bytes(content)
    with pytest.raises(DataError, match=f"mine.png {what}") as caught:
        read_picture(path, (1, 8, 8))
    assert caught.value.remedy
    for wrong, why in ((tmp_path, "is a folder"), (tmp_path / "none.png", "no file"), (Path("/dev/zero"), "device")):
        with pytest.raises(DataError, match=why):
            read_picture(wrong, (1, 8, 8))


def test_the_limit_of_pixels_holds_before_anything_is_unpacked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(picture_file, "MOST_PIXELS", 100)
    monkeypatch.setattr(Image.Image, "load", None)
    with pytest.raises(UnreadableError, match="24 × 24 pixels"):
        decoded(io.BytesIO(WHOLE), (3, 8, 8), "crop")
