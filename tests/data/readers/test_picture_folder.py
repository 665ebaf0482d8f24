"""Folders and zips of pictures: classes, sizes, what is left out, and what is refused."""

from __future__ import annotations

import io
import os
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from genstudio.data.files import detect_settings, file_filters, open_raw, reader_for
from genstudio.data.pictures import Pictures
from genstudio.data.readers import _members, _pixels
from genstudio.errors import Cancelled, DataError
from tests.data.outcomes import read_or_refused

GREY = (np.arange(12 * 12) % 256).astype(np.uint8).reshape(12, 12)
COLOUR = np.stack([GREY, 255 - GREY, GREY // 2], axis=-1)


def png(array: np.ndarray = GREY, kind: str = "PNG") -> bytes:
    file = io.BytesIO()
    Image.fromarray(array).save(file, kind)
    return file.getvalue()


def folder(where: Path, **files: bytes) -> Path:
    for name, content in files.items():
        path = where / "pictures" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    return where / "pictures"


def zipped(where: Path, members: dict[str, bytes]) -> Path:
    path = where / "pictures.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return path


def opened(path: Path, **chosen: Any) -> Pictures:
    raw = open_raw(path, chosen)
    assert isinstance(raw, Pictures)
    return raw


CLASSES = {
    "flat": (["b.png", "a.png"], (), None),
    "two classes": (["cat/1.png", "dog/1.png", "dog/2.png"], ("cat", "dog"), [0, 1, 1]),
    "below one folder": (["set/cat/1.png", "set/dog/1.png"], ("cat", "dog"), [0, 1]),
    "one folder": (["cat/1.png", "cat/2.png"], (), None),
    "some at the top": (["cat/1.png", "dog/1.png", "stray.png"], ("cat", "dog"), [0, 1, -1]),
    "deep": (["cat/x/1.png", "cat/y/2.png", "dog/z/3.png"], ("cat", "dog"), [0, 0, 1]),
    "any letters": (["größe/1.PNG", "数/2.Jpeg"], ("größe", "数"), [0, 1]),
}


@pytest.mark.parametrize("packed", [False, True])
@pytest.mark.parametrize("case", CLASSES)
def test_folders_are_the_classes(tmp_path: Path, case: str, packed: bool) -> None:
    names, levels, codes = CLASSES[case]
    files = {name: png() for name in names}
    path = zipped(tmp_path, files) if packed else folder(tmp_path, **files)
    assert reader_for(path).info.key == "picture_folder"
    found = opened(path)
    assert found.levels == levels
    assert (None if found.codes is None else found.codes.tolist()) == codes
    assert found.name == path.name
    assert not found.notes
    assert all(np.array_equal(picture[..., 0], GREY) for picture in found.pixels)


def test_pictures_come_in_the_order_of_their_names(tmp_path: Path) -> None:
    files = {f"{i}.png": png(np.full((8, 8), i, np.uint8)) for i in (3, 1, 2)}
    for path in (folder(tmp_path, **files), zipped(tmp_path, files)):
        assert opened(path, colour="grey").pixels[:, 0, 0, 0].tolist() == [1, 2, 3]


@pytest.mark.parametrize(
    ("sizes", "size"),
    [
        ([(20, 20)] * 3, 20), ([(20, 20)] * 3 + [(50, 50)] * 2, 20), ([(300, 200)], 64), ([(30, 20)], 20),
        ([(10, 10), (20, 20), (40, 40)], 32), ([(2, 2)], 4),
    ],
)  # fmt: skip
def test_the_most_common_size_is_taken(tmp_path: Path, sizes: list[tuple[int, int]], size: int) -> None:
    path = folder(tmp_path, **{f"{i}.png": png(np.zeros(s[::-1], np.uint8)) for i, s in enumerate(sizes)})
    assert detect_settings(path).model_dump() == {"size": size, "colour": "auto", "fit": "crop"}
    assert opened(path).shape == (1, size, size)


def test_size_and_colour_can_be_chosen(tmp_path: Path) -> None:
    path = folder(tmp_path, **{"a.png": png(COLOUR), "b.jpg": png(GREY, "JPEG")})
    assert opened(path).shape == (3, 12, 12)
    assert opened(path, colour="grey", size=7).shape == (1, 7, 7)
    assert opened(folder(tmp_path / "grey", **{"a.png": png()}), colour="colour").shape == (3, 12, 12)


def test_grey_pictures_stored_in_colour_become_grey(tmp_path: Path) -> None:
    path = folder(tmp_path, **{"a.png": png(np.stack([GREY] * 3, axis=-1))})
    found = opened(path)
    assert found.shape == (1, 12, 12)
    assert np.array_equal(found.pixels[0, :, :, 0], GREY)
    assert opened(path, colour="colour").shape == (3, 12, 12)


@pytest.mark.parametrize("packed", [False, True])
def test_one_bad_picture_among_many_is_left_out_and_counted(tmp_path: Path, packed: bool) -> None:
    files = {f"cat/{i:02}.png": png() for i in range(20)} | {"dog/1.png": png()}
    files |= {"cat/07.png": png()[:50], "cat/11.png": b"no picture at all"}
    path = zipped(tmp_path, files) if packed else folder(tmp_path, **files)
    found = opened(path)
    assert len(found) == 19
    assert found.codes is not None
    assert found.codes.tolist() == [0] * 18 + [1]
    (note,) = found.notes
    assert note == (
        "2 of 21 pictures were left out, because they cannot be read; the first is cat/07.png: "
        "it is damaged or cut short."
    )


def test_a_single_bad_picture_is_told_of_as_one(tmp_path: Path) -> None:
    found = opened(folder(tmp_path, **{"cat/1.png": png(), "cat/2.png": png(), "dog/3.png": b"no picture"}))
    (note,) = found.notes
    assert note.startswith("1 of 3 pictures was left out, because it cannot be read; dog/3.png: it is no PNG")


def test_what_is_no_picture_is_passed_over(tmp_path: Path) -> None:
    path = folder(tmp_path, **{
        "a.png": png(), "read me.txt": b"x", ".hidden.png": b"x", ".cache/b.png": b"x", "c.csv": b"x"
    })  # fmt: skip
    os.mkfifo(path / "pipe.png")
    (path / "zero.png").symlink_to("/dev/zero")
    (path / "nowhere.png").symlink_to("nothing")
    (path / "round").symlink_to(path, target_is_directory=True)
    (path / "link.png").symlink_to(path / "a.png")
    found = opened(path)
    assert len(found) == 2
    assert not found.notes
    assert found.levels == ()
    members = {"__MACOSX/._a.png": b"x", "a.png": png(), "notes.txt": b"x"}
    assert len(opened(zipped(tmp_path, members))) == 1


def test_names_that_lead_out_of_a_zip_write_nothing_and_name_no_class(tmp_path: Path) -> None:
    outside = tmp_path / "inner"
    outside.mkdir()
    names = ("../../evil/1.png", "/abs/2.png", "..\\up\\3.png", "C:/d/4.png")
    path = zipped(outside, dict.fromkeys(names, png()))
    before = sorted(tmp_path.rglob("*"))
    found = opened(path)
    assert len(found) == 4
    assert not set(found.levels) & {"..", "", "."}
    assert sorted(tmp_path.rglob("*")) == before


def test_two_members_of_one_name_count_once(tmp_path: Path) -> None:
    path = zipped(tmp_path, {"a.png": png()})
    with zipfile.ZipFile(path, "a") as archive, pytest.warns(UserWarning, match="Duplicate"):
        archive.writestr("a.png", png())
    assert len(opened(path)) == 1


def test_bombs_in_a_zip_are_left_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = zipped(tmp_path, {"a.png": png(), "bomb.png": png() + bytes(1 << 20)})
    assert path.stat().st_size < 1 << 13
    monkeypatch.setattr(_members, "MOST_FILE_BYTES", 1 << 19)
    found = opened(path)
    assert len(found) == 1
    assert "bomb.png: it is larger than" in found.notes[0]


@pytest.mark.parametrize(
    ("make", "what"),
    [
        (lambda p: folder(p, **{"a.txt": b"x"}), "folder without pictures"),
        (lambda p: zipped(p, {"a.txt": b"x"}), "pictures.zip holds no pictures"),
        (lambda p: folder(p, **{"a.png": b"x", "b.png": b"y"}), "None of the 2 pictures of pictures can be read"),
        (lambda p: zipped(p, {"a.png": b"x"}), "None of the 1 pictures of pictures.zip can be read"),
    ],
)
def test_without_a_picture_it_is_refused(tmp_path: Path, make: Any, what: str) -> None:
    with pytest.raises(DataError, match=what) as caught:
        open_raw(make(tmp_path))
    assert caught.value.remedy


def test_a_zip_cut_short_or_flipped_is_refused_or_said(tmp_path: Path) -> None:
    path = zipped(tmp_path, {f"{name}/{i}.png": png() for name in "ab" for i in range(3)})
    whole = path.read_bytes()
    for cut in range(1, len(whole), max(1, len(whole) // 40)):
        for content in (whole[:cut], whole[:cut] + b"\xff" + whole[cut + 1 :]):
            path.write_bytes(content)
            read_or_refused(path)


def test_caps_are_said_in_words(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = folder(tmp_path, **{f"{i}.png": png() for i in range(5)})
    monkeypatch.setattr(_pixels, "MOST_BYTES", 500)
    with pytest.raises(DataError, match=r"The pictures of pictures would take .* GiB of memory; the limit"):
        open_raw(path)
    monkeypatch.setattr(_members, "MOST_FILES", 4)
    with pytest.raises(DataError, match="holds more than 4 pictures"):
        open_raw(path)
    monkeypatch.setattr(_members, "MOST_ENTRIES", 3)
    with pytest.raises(DataError, match="holds more than 3 files and folders"):
        open_raw(path)


def test_names_in_no_known_letters_become_unicode(tmp_path: Path) -> None:
    for name in (b"caf\xe9", b"th\xe9"):
        (tmp_path / os.fsdecode(name)).mkdir()
        (tmp_path / os.fsdecode(name) / "1.png").write_bytes(png())
        (tmp_path / os.fsdecode(name) / "2.png").write_bytes(b"x")
    found = opened(tmp_path)
    assert found.levels == ("caf?", "th?")
    assert "caf?/2.png" in found.notes[0]
    assert (found.notes[0] + "".join(found.levels)).encode()


def test_detecting_reads_headers_only(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = folder(tmp_path, **{"a.png": png(), "b.jpg": png(COLOUR, "JPEG")})
    monkeypatch.setattr(Image.Image, "load", None)
    assert detect_settings(path).model_dump()["size"] == 12


def test_progress_counts_pictures_and_reading_can_be_cancelled(tmp_path: Path) -> None:
    path = folder(tmp_path, **{f"{i}.png": png() for i in range(10)})
    told: list[tuple[float, str]] = []

    def watch(fraction: float, doing: str) -> None:
        told.append((fraction, doing))
        if len(told) == 8:
            raise Cancelled

    with pytest.raises(Cancelled):
        open_raw(path, watch=watch)
    fractions = [fraction for fraction, _ in told]
    assert fractions == sorted(fractions)
    assert "of 10" in told[-1][1]


def test_a_picture_that_goes_while_others_are_read_is_left_out(tmp_path: Path) -> None:
    path = folder(tmp_path, **{f"cat/{i}.png": png() for i in range(5)} | {"dog/a.png": png()})

    def watch(fraction: float, doing: str) -> None:
        if "picture 2" in doing:
            (path / "cat" / "3.png").unlink()

    found = open_raw(path, watch=watch)
    assert len(found) == 5
    assert "cat/3.png: No such file" in found.notes[0]


def test_a_folder_that_changes_while_it_is_read_is_refused(tmp_path: Path) -> None:
    path = folder(tmp_path, **{f"{i}.png": png() for i in range(5)})

    def watch(fraction: float, doing: str) -> None:
        (path / "new.png").write_bytes(png())

    with pytest.raises(DataError, match="pictures changed while it was read"):
        open_raw(path, watch=watch)


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "GIF", "BMP", "WEBP", "TIFF"])
def test_a_single_picture_is_refused_with_what_to_do(tmp_path: Path, kind: str) -> None:
    path = tmp_path / "me.csv"
    path.write_bytes(png(kind=kind))
    with pytest.raises(DataError, match=r"me\.csv is a single (PNG|JPEG|GIF|BMP|WebP|TIFF) picture") as caught:
        open_raw(path)
    assert "folder" in caught.value.remedy


def test_file_dialogs_offer_zips() -> None:
    assert "*.zip" in file_filters()[0]


def test_a_relative_folder_has_a_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(folder(tmp_path, **{"a.png": png()}))
    assert open_raw(".").name == "pictures"
