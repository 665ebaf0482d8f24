"""The window with pictures in it: nothing falls over, and views made for tables say so."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
from PIL import Image

from genstudio.data.pictures import Pictures
from genstudio.ui.panel import panels
from tests.ui.desk import Desk


def test_pictures_load_and_every_panel_stands(open_desk: Callable[..., Desk]) -> None:
    desk = open_desk()
    desk.ready()
    before = desk.model.data
    desk.model.choose_source("sklearn_digits")
    desk.loaded(before)
    assert isinstance(desk.model.raw, Pictures)
    assert desk.model.pictures is desk.model.raw
    assert desk.model.table is None
    assert desk.model.data is not None
    assert desk.model.data.train.shape[1:] == (1, 8, 8)
    for key in panels():
        desk.until(desk.window.show_panel(key).isVisible)


def test_a_folder_of_pictures_is_opened_and_read_otherwise(open_desk: Callable[..., Desk], tmp_path: Path) -> None:
    for i in range(12):
        (tmp_path / "zoo" / "ab"[i % 2]).mkdir(parents=True, exist_ok=True)
        Image.fromarray(np.full((10, 10), 20 * i, np.uint8)).save(tmp_path / "zoo" / "ab"[i % 2] / f"{i}.png")
    desk = open_desk()
    desk.ready()
    before = desk.model.data
    desk.model.open_data(tmp_path / "zoo")
    desk.loaded(before)
    assert desk.model.pictures is not None
    assert (desk.model.pictures.shape, desk.model.pictures.levels) == ((1, 10, 10), ("a", "b"))
    before = desk.model.data
    desk.model.edit_option("size", 6)
    desk.loaded(before)
    assert desk.model.pictures.shape == (1, 6, 6)
    before = desk.model.data
    desk.model.edit_preparation(classes=("b",))
    desk.loaded(before)
    assert desk.model.data is not None
    assert desk.model.data.labels is not None
    assert desk.model.data.labels.levels == ("b",)


def test_a_folder_without_pictures_leaves_the_data(open_desk: Callable[..., Desk], tmp_path: Path) -> None:
    desk = open_desk()
    desk.ready()
    before = desk.model.data
    desk.model.open_data(tmp_path)
    desk.until(lambda: "is a folder without pictures" in desk.said())
    desk.until(lambda: not desk.model.loading)
    assert desk.model.data is before
