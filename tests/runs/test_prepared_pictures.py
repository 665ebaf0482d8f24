"""Prepared pictures leave the program as they are learned from."""

from __future__ import annotations

import zipfile
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from genstudio.data.pictures import Pictures
from genstudio.data.preparation import PreparationSettings, prepare
from genstudio.errors import ArchiveError
from genstudio.runs.prepared_pictures import write_prepared_pictures


@pytest.fixture(params=[1, 3], ids=["grey", "colour"])
def pictures(request: pytest.FixtureRequest) -> Pictures:
    pixels = np.random.default_rng(0).integers(0, 256, (10, 4, 5, request.param), np.uint8)
    return Pictures("some", pixels, np.array([0, 1, -1, 0, 1, 2, 0, 1, 2, 0]), ("a/b", "..", "ok"))


def test_arrays_stand_in_order_with_their_part(pictures: Pictures, tmp_path: Path) -> None:
    data = prepare(pictures, PreparationSettings(test=0.3), 1)
    write_prepared_pictures(tmp_path / "out.npz", data)
    with np.load(tmp_path / "out.npz", allow_pickle=False) as found:
        assert np.array_equal(found["pixels"], pictures.pixels)
        assert found["row"].tolist() == list(range(1, 11))
        assert pictures.codes is not None
        assert np.array_equal(found["labels"], pictures.codes)
        assert found["class_names"].tolist() == list(pictures.levels)
        for part, rows in zip(("train", "valid", "test"), data.rows, strict=True):
            assert np.flatnonzero(found["part"] == part).tolist() == sorted(rows.tolist())


def test_a_zip_has_a_safe_folder_for_each_class(pictures: Pictures, tmp_path: Path) -> None:
    write_prepared_pictures(tmp_path / "out.zip", prepare(pictures, PreparationSettings(), 1))
    with zipfile.ZipFile(tmp_path / "out.zip") as archive:
        names = archive.namelist()
        assert {name.rpartition("/")[0] for name in names} == {"a-b", "class 1", "ok", "no class"}
        with archive.open("a-b/000004.png") as file:
            pixels = np.asarray(Image.open(file))
    assert np.array_equal(pixels.reshape(4, 5, -1), pictures.pixels[3])


def test_classes_that_look_alike_keep_folders_of_their_own(pictures: Pictures, tmp_path: Path) -> None:
    alike = Pictures("alike", pictures.pixels, pictures.codes, ("a/b", "a:b", "no class"))
    write_prepared_pictures(tmp_path / "out.zip", prepare(alike, PreparationSettings(), 1))
    folders = {name.rpartition("/")[0] for name in zipfile.ZipFile(tmp_path / "out.zip").namelist()}
    assert folders == {"a-b", "a-b 1", "no class", "no class 3"}


def test_without_classes_there_are_no_folders(pictures: Pictures, tmp_path: Path) -> None:
    plain = Pictures("plain", pictures.pixels)
    write_prepared_pictures(tmp_path / "out.zip", prepare(plain, PreparationSettings(), 1))
    assert zipfile.ZipFile(tmp_path / "out.zip").namelist()[0] == "000001.png"


def test_a_failure_is_a_sentence(pictures: Pictures, tmp_path: Path) -> None:
    with pytest.raises(ArchiveError):
        write_prepared_pictures(tmp_path / "nowhere" / "out.npz", prepare(pictures, PreparationSettings(), 1))
