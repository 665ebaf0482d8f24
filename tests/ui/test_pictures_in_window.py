"""The window with pictures in it: nothing falls over, and views made for tables say so."""

from __future__ import annotations

from collections.abc import Callable

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
