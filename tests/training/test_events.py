from __future__ import annotations

import math

import pytest

from genstudio.training.events import LiveSettings, finite


def test_live_settings_change_only_what_is_live() -> None:
    live = LiveSettings({"learning_rate": 0.1})
    live.set("learning_rate", 0.2)
    assert live["learning_rate"] == 0.2
    with pytest.raises(KeyError):
        live.set("learning", 1)


@pytest.mark.parametrize(("value", "expected"), [(1.0, True), (math.nan, False), (math.inf, False)])
def test_finite_looks_at_every_figure(value: float, expected: bool) -> None:
    assert finite({"train": 0.0, "valid": value}) is expected
