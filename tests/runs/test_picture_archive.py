"""Runs that learned from pictures: saved with them, opened with them, and honest where they are not at hand."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from genstudio.data.pictures import Pictures
from genstudio.data.preparation import PicturePreparation, prepare
from genstudio.runs import stored_pictures
from genstudio.runs.archive import Opened, open_session, save_session
from genstudio.runs.loading import load_raw
from genstudio.runs.recipe import recipe_from_values
from genstudio.runs.run import Run, new_run
from genstudio.runs.snapshot import Snapshot, ask_state, snapshot
from genstudio.runs.status import Status
from tests.runs.learners import PATIENCE_S, until


@pytest.fixture
def kept() -> Iterator[list[Run]]:
    """Runs whose jobs end with the test."""
    runs: list[Run] = []
    yield runs
    assert all(run.job.close() for run in runs)


def waiting(kept: list[Run], raw: Pictures | None = None, **data: Any) -> Run:
    """A run of a variational autoencoder that has not begun."""
    recipe = recipe_from_values({"data": data, "model": {"name": "vae"}, "training": {"steps": 1}, "seed": 4})
    pictures = load_raw(recipe) if raw is None else raw
    run = new_run(recipe, prepare(pictures, recipe.data.preparation, recipe.data_seed), raw=pictures)
    kept.append(run)
    return run


def train(run: Run) -> None:
    run.job.start()
    until(lambda: run.job.status.ended)
    run.pull()
    assert run.status is Status.DONE, run.message


def taken(run: Run) -> Snapshot:
    asked = ask_state(run)
    asked.exception(PATIENCE_S)
    return snapshot(run, asked)


def opened(kept: list[Run], path: Path) -> Opened:
    found = open_session(path)
    kept.extend(found.runs)
    return found


def pictures_file(folder: Path, count: int = 40) -> Path:
    path = folder / "pictures.npz"
    random = np.random.default_rng(0)
    np.savez(path, x=random.integers(0, 256, (count, 8, 8), np.uint8), y=np.arange(count) % 4)
    return path


def same_data(one: Run, other: Run) -> bool:
    assert one.data is not None
    assert other.data is not None
    assert one.data.labels is not None
    assert other.data.labels is not None
    parts = ("train", "valid", "test")
    return other.data.labels.levels == one.data.labels.levels and all(
        np.array_equal(getattr(one.data, part), getattr(other.data, part))
        and np.array_equal(getattr(one.data.labels, part), getattr(other.data.labels, part))
        for part in parts
    )


def test_pictures_of_a_file_come_back_with_the_run(tmp_path: Path, kept: list[Run]) -> None:
    source, path = pictures_file(tmp_path), tmp_path / "runs.genstudio"
    run = waiting(kept, path=str(source), classes=["1", "3"], balance=True)
    twin = waiting(kept, run.pictures, path=str(source))
    save_session(path, [taken(run), taken(twin)])
    source.unlink()
    found = opened(kept, path)
    assert found.problems == []
    again, twin_again = found.runs
    assert again.pictures is not None
    assert again.pictures is twin_again.pictures
    assert again.table is None
    assert run.pictures is not None
    assert np.array_equal(again.pictures.pixels, run.pictures.pixels)
    assert again.recipe == run.recipe
    assert isinstance(again.preparation, PicturePreparation)
    assert same_data(run, again)
    assert same_data(twin, twin_again)


def test_bundled_pictures_are_not_copied_into_the_file(tmp_path: Path, kept: list[Run]) -> None:
    path = tmp_path / "runs.genstudio"
    run = waiting(kept, source="sklearn_digits")
    save_session(path, [taken(run)])
    with zipfile.ZipFile(path) as archive:
        assert not [name for name in archive.namelist() if name.startswith("tables/")]
    assert same_data(run, opened(kept, path).runs[0])


def test_pictures_too_large_stay_outside_and_are_never_opened(
    tmp_path: Path, kept: list[Run], monkeypatch: pytest.MonkeyPatch
) -> None:
    source, path = pictures_file(tmp_path), tmp_path / "runs.genstudio"
    run = waiting(kept, path=str(source))
    train(run)
    monkeypatch.setattr(stored_pictures, "LARGEST_BYTES", 100)
    save_session(path, [taken(run)])
    monkeypatch.setattr("genstudio.runs.loading.open_raw", None)  # whoever opens a file now fails
    found = opened(kept, path)
    assert found.runs[0].data is None
    assert "open pictures.npz again" in found.problems[0]


def test_damaged_pictures_leave_the_run(tmp_path: Path, kept: list[Run]) -> None:
    source, path = pictures_file(tmp_path), tmp_path / "runs.genstudio"
    run = waiting(kept, path=str(source))
    train(run)
    save_session(path, [taken(run)])
    content = path.read_bytes()
    with zipfile.ZipFile(path) as archive:
        place = archive.getinfo("tables/0/pictures.safetensors").header_offset + 200
    path.write_bytes(content[:place] + bytes([content[place] ^ 1]) + content[place + 1 :])
    found = opened(kept, path)
    assert len(found.runs) == 1
    assert found.runs[0].raw is None
    assert any("data cannot be brought back" in problem for problem in found.problems)
