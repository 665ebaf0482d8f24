"""What holds for every source in the catalogue."""

from __future__ import annotations

import math
import subprocess
import sys
from collections.abc import Iterator
from itertools import pairwise
from typing import Any

import numpy as np
import pytest

from genstudio.data.pictures import Pictures, Raw
from genstudio.data.sequences import Sequences, bounds
from genstudio.data.source import Source, source, sources
from genstudio.data.table import ColumnType, Table
from genstudio.errors import DataError
from genstudio.settings import describe, validate

SOURCES = sources()
NEEDED: dict[str, dict[str, Any]] = {"drawing": {"points": ((0.0, 1.0, 0), (2.0, 3.0, 1))}}
PICTURES = {"digits", "fashion", "emoji", "sklearn_digits"}
SERIES = {"ecg", "seattle_weather", "geyser", "hamlet"}
FIXED = {"textbook_blobs", "textbook_anomalies", "penguins", "old_faithful", "drawing", *PICTURES, *SERIES}
ROW_COUNTS = {"samples", "normal", "anomalies"}

HEAVY_IMPORTS = """
import sys
from genstudio.data.pictures import Pictures, Raw
from genstudio.data.source import source, sources
assert len(sources()) > 10
moons = source("two_moons")
assert len(moons().load(moons.Settings(), 0)) == 2000
print(*(name for name in ("pandas", "pyarrow", "scipy", "sklearn", "torch") if name in sys.modules))
"""


def loaded(plug: type[Source], seed: int = 7, **chosen: Any) -> Raw:
    values = {**NEEDED.get(plug.info.key, {}), **chosen}
    return plug().load(validate(plug.Settings, values, plug.info.title), seed)


def edges() -> Iterator[Any]:
    """Each number at each end of its range; more rows than needed only take time."""
    for key, plug in SOURCES.items():
        for info in describe(plug.Settings):
            ends = [info.minimum] if info.name in ROW_COUNTS else [info.minimum, info.maximum]
            for end in ends if info.kind in ("int", "float") else []:
                value = int(end) if info.kind == "int" else end
                yield pytest.param(plug, {info.name: value}, id=f"{key}-{info.name}-{value}")


def presets() -> Iterator[Any]:
    for key, plug in SOURCES.items():
        for title, values in plug.info.presets.items():
            yield pytest.param(plug, values, id=f"{key}-{title}")


def check(raw: Raw) -> None:
    assert len(raw) > 0
    (check_pictures if isinstance(raw, Pictures) else check_table)(raw)


def check_pictures(pictures: Pictures) -> None:
    channels, height, width = pictures.shape
    assert pictures.pixels.shape == (len(pictures), height, width, channels)
    assert pictures.pixels.dtype == np.uint8
    assert channels in (1, 3)
    assert pictures.pixels.max() == 255
    assert pictures.codes is not None
    assert set(pictures.codes.tolist()) == set(range(len(pictures.levels)))


def check_table(table: Table) -> None:
    assert all(len(column.values) == len(table) for column in table.columns)
    for column in table.columns:
        assert not np.isinf(column.values).any()
        if column.type is ColumnType.CATEGORY:
            codes = column.values[~np.isnan(column.values)]
            assert set(codes) <= set(range(len(column.levels)))
    if isinstance(table, Sequences):
        check_sequences(table)
    if table.label is not None:
        label = table.column(table.label)
        assert label.type is ColumnType.CATEGORY
        assert label.missing == 0
    if table.truth is not None:
        points = np.column_stack([column.values for column in table.columns if column.numeric])
        assert np.isfinite(table.truth.log_prob(points)).all()


def check_sequences(table: Sequences) -> None:
    assert table.lengths.min() >= 1
    assert table.lengths.sum() == len(table)
    assert len(set(table.keys)) == len(table.lengths)
    if table.times is not None:
        edges = bounds(table.lengths)
        assert all((np.diff(table.times[a:b]) > 0).all() for a, b in pairwise(edges))


def arrays(raw: Raw) -> list[Any]:
    return [raw.pixels, raw.codes] if isinstance(raw, Pictures) else [column.values for column in raw.columns]


@pytest.mark.parametrize("plug", list(SOURCES.values()), ids=list(SOURCES))
def test_source_loads_and_repeats_itself(plug: type[Source]) -> None:
    first, again, other = loaded(plug), loaded(plug), loaded(plug, seed=8)
    check(first)
    values = [arrays(raw) for raw in (first, again, other)]
    np.testing.assert_equal(values[0], values[1])
    same = all(np.array_equal(a, b, equal_nan=True) for a, b in zip(values[0], values[2], strict=True))
    assert same == (plug.info.key in FIXED)


@pytest.mark.parametrize("plug", list(SOURCES.values()), ids=list(SOURCES))
def test_source_says_what_it_is(plug: type[Source]) -> None:
    assert plug.info.title
    assert plug.info.summary.endswith((".", "?"))
    assert all(info.help.endswith(".") for info in describe(plug.Settings))
    assert bool(plug.info.notice) == (plug.info.group in ("Real data", "Pictures") or plug.info.key in SERIES)


@pytest.mark.parametrize(("plug", "values"), list(edges()))
def test_settings_at_the_ends_of_their_ranges_give_data(plug: type[Source], values: dict[str, Any]) -> None:
    check(loaded(plug, **values))


@pytest.mark.parametrize(("plug", "values"), list(presets()))
def test_presets_give_data_and_a_finite_entropy(plug: type[Source], values: dict[str, Any]) -> None:
    raw = loaded(plug, **values)
    check(raw)
    assert isinstance(raw, Pictures) or raw.truth is None or math.isfinite(raw.truth.entropy)


def test_two_moons_stand_first_and_every_toy_density_is_there() -> None:
    toys = [key for key, plug in SOURCES.items() if plug.info.group == "Toy densities"]
    assert toys == [
        "two_moons", "blobs", "ring", "grid", "rings", "pinwheel", "checkerboard", "spirals", "swiss_roll", "cheese"
    ]  # fmt: skip


def test_more_points_keep_the_density_with_the_entropy_it_has_found() -> None:
    moons = source("two_moons")
    assert loaded(moons, samples=50).truth is loaded(moons, samples=60, seed=1).truth
    assert loaded(moons, samples=50).truth is not loaded(moons, samples=50, noise=0.2).truth


def test_unknown_source_names_the_nearest() -> None:
    with pytest.raises(DataError, match="did you mean `two_moons`"):
        source("two_moon")


def test_catalogue_brings_no_heavy_library_into_the_first_paint() -> None:
    done = subprocess.run([sys.executable, "-c", HEAVY_IMPORTS], capture_output=True, text=True, check=True)
    assert done.stdout.split() == []
