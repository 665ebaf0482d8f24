"""Folders and zips with one file a sequence: keys, classes, what is left out, and what is refused."""

from __future__ import annotations

import io
import os
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from genstudio.data.files import open_raw, reader_for
from genstudio.data.preparation import PreparationSettings, prepare
from genstudio.data.readers import _archive, _members
from genstudio.data.sequences import Sequences
from genstudio.data.table import ColumnType
from genstudio.errors import Cancelled, DataError
from tests.data.outcomes import read_or_refused
from tests.data.readers.test_wav import chunk, form, packed, riff

Files = dict[str, bytes]


def csv(start: int, n: int, header: str = "x,y") -> bytes:
    return "\n".join([header, *(f"{i},{-i}" for i in range(start, start + n))]).encode()


def npy(array: np.ndarray) -> bytes:
    file = io.BytesIO()
    np.save(file, array)
    return file.getvalue()


def folder(where: Path, files: Files) -> Path:
    for name, content in files.items():
        path = where / "data" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    return where / "data"


def zipped(where: Path, files: Files) -> Path:
    path = where / "data.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return path


both = pytest.mark.parametrize("made", [folder, zipped])
Made = Callable[[Path, Files], Path]


def opened(path: Path, **chosen: Any) -> Sequences:
    found = open_raw(path, chosen)
    assert isinstance(found, Sequences)
    return found


@both
def test_each_file_is_a_sequence_called_by_its_name(tmp_path: Path, made: Made) -> None:
    path = made(tmp_path, {"b.csv": csv(10, 2), "a.csv": csv(0, 3), "größe.CSV": csv(20, 4)})
    found = opened(path)
    assert (found.keys, found.lengths.tolist()) == (("a", "b", "größe"), [3, 2, 4])
    assert found.names == ("x", "y")
    assert found.column("x").values.tolist() == [0, 1, 2, 10, 11, 20, 21, 22, 23]
    assert (found.label, found.notes) == (None, ())


@both
def test_folders_are_the_classes(tmp_path: Path, made: Made) -> None:
    path = made(tmp_path, {"walk/1.csv": csv(0, 3), "run/1.csv": csv(5, 2), "walk/2.csv": csv(9, 1)})
    found = opened(path)
    assert (found.label, found.keys) == ("class", ("1", "1 (2)", "2"))
    label = found.column("class")
    assert [label.levels[int(code)] for code in label.values] == ["run"] * 2 + ["walk"] * 4
    data = prepare(found, PreparationSettings(classes=("walk",), valid=0, test=0), 0)
    assert data.lengths is not None
    assert data.lengths[0].tolist() == [3, 1]


def test_arrays_are_sequences(tmp_path: Path) -> None:
    found = opened(folder(tmp_path, {"a.npy": npy(np.arange(6.0).reshape(3, 2)), "b.npy": npy(np.ones((1, 2)))}))
    assert found.names == ("x1", "x2")
    assert found.lengths.tolist() == [3, 1]


@both
def test_sounds_keep_their_times_and_are_read_as_it_is_said(tmp_path: Path, made: Made) -> None:
    sound = riff(form(channels=2, rate=10), chunk(b"data", packed(np.arange(40), 16)))
    path = made(tmp_path, {"yes/1.wav": sound, "no/2.wav": sound})
    found = opened(path)
    assert (found.names, found.time_name) == (("left", "right", "class"), "time in s")
    assert found.times is not None
    np.testing.assert_allclose(found.times, np.tile(np.arange(20) / 10, 2))
    assert opened(path, mono=True, every=5).lengths.tolist() == [4, 4]


def test_texts_are_one_sequence_each(tmp_path: Path) -> None:
    found = opened(folder(tmp_path, {"a.txt": b"Once upon a time\nthere was", "b.txt": b"a king, and he had\na hat"}))
    assert found.names == ("character",)
    assert found.lengths.tolist() == [26, 24]
    column = found.columns[0]
    assert "".join(column.levels[int(code)] for code in column.values[26:]) == "a␣king,␣and␣he␣had␣a␣hat"


def test_words_of_all_files_are_put_together(tmp_path: Path) -> None:
    parts = [b"w\nsun\nrain\nsun\nrain", b"w\nfog\nsun\nfog\nsun", b"w\nNA\nNA"]
    found = opened(folder(tmp_path, {f"{i}.csv": part for i, part in enumerate(parts)}))
    column = found.column("w")
    assert (column.type, column.levels) == (ColumnType.CATEGORY, ("fog", "rain", "sun"))
    np.testing.assert_array_equal(column.values, [2, 1, 2, 1, 0, 2, 0, 2, np.nan, np.nan])


@both
def test_files_that_do_not_go_with_the_first_are_left_out_and_counted(tmp_path: Path, made: Made) -> None:
    path = made(tmp_path, {
        "1.csv": csv(0, 2), "2.csv": csv(0, 2, "x,z"), "3.csv": b"x,y\na,b\nc,d\na,b\nc,d", "4.csv": b"",
        "5.csv": csv(3, 1), "read me.txt": b"about",
    })  # fmt: skip
    found = opened(path)
    assert found.keys == ("1", "5")
    first, second = found.notes
    assert first == "1 file of another ending left out."
    assert second.startswith("3 of 5 files left out")
    assert "first 2.csv: it has other columns than the first" in second


@both
def test_none_that_can_be_read_is_refused_in_words(tmp_path: Path, made: Made) -> None:
    sentence = r"None of the 2 files of data.* can be read; the first is a\.csv: a\.csv is empty"
    with pytest.raises(DataError, match=sentence):
        opened(made(tmp_path, {"a.csv": b"", "b.csv": b""}))


def test_pictures_come_first_and_one_file_is_no_folder_of_sequences(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="without several files of one sequence each"):
        open_raw(folder(tmp_path, {"a.csv": csv(0, 2)}))
    (tmp_path / "data" / "b.csv").write_bytes(csv(0, 2))
    assert reader_for(tmp_path / "data").info.key == "sequence_folder"
    (tmp_path / "data" / "c.png").write_bytes(b"x")
    assert reader_for(tmp_path / "data").info.key == "picture_folder"


def test_pipes_devices_and_names_that_lead_out_of_a_zip_do_no_harm(tmp_path: Path) -> None:
    path = folder(tmp_path, {"a.csv": csv(0, 2), "b.csv": csv(0, 3)})
    os.mkfifo(path / "pipe.csv")
    (path / "zero.csv").symlink_to("/dev/zero")
    assert opened(path).keys == ("a", "b")
    inner = tmp_path / "inner"
    inner.mkdir()
    packed_up = zipped(inner, {"../../evil.csv": csv(0, 2), "/abs/b.csv": csv(0, 3)})
    before = sorted(tmp_path.rglob("*"))
    assert sorted(opened(packed_up).keys) == ["b", "evil"]
    assert sorted(tmp_path.rglob("*")) == before


def test_files_that_would_fill_the_memory_together_are_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = folder(tmp_path, {f"{i}.csv": csv(0, 30) for i in range(5)})
    monkeypatch.setattr(_archive, "MOST_BYTES", 1500)
    with pytest.raises(DataError, match="memory"):
        opened(path)


def test_reading_tells_how_far_it_is_and_can_be_cancelled(tmp_path: Path) -> None:
    path = folder(tmp_path, {f"{i}.csv": csv(0, 3) for i in range(8)})
    told: list[str] = []
    open_raw(path, watch=lambda fraction, doing: told.append(doing))
    assert any("file 8 of 8" in doing for doing in told)

    def stop(fraction: float, doing: str) -> None:
        if fraction > 0.5:
            raise Cancelled

    with pytest.raises(Cancelled):
        open_raw(path, watch=stop)


def test_a_zip_cut_short_or_flipped_is_refused_or_said(tmp_path: Path) -> None:
    path = zipped(tmp_path, {f"{name}/{i}.csv": csv(0, 4) for name in "ab" for i in range(2)})
    whole = path.read_bytes()
    for cut in range(1, len(whole), max(1, len(whole) // 15)):
        for content in (whole[:cut], whole[:cut] + b"\xff" + whole[cut + 1 :]):
            path.write_bytes(content)
            read_or_refused(path)


def test_bombs_in_a_zip_are_left_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = zipped(tmp_path, {"a.csv": csv(0, 2), "b.csv": csv(0, 2), "bomb.csv": b"x,y\n" + b"1,2\n" * (1 << 18)})
    assert path.stat().st_size < 1 << 13
    monkeypatch.setattr(_members, "MOST_FILE_BYTES", 1 << 19)
    found = opened(path)
    assert found.keys == ("a", "b")
    assert "bomb.csv: it is larger than" in found.notes[0]
