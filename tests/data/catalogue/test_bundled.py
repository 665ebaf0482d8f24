"""The real tables that come with the program."""

from __future__ import annotations

import numpy as np
import pytest

from genstudio.data.catalogue.ecg import Ecg
from genstudio.data.catalogue.geyser import Geyser
from genstudio.data.catalogue.hamlet import Hamlet
from genstudio.data.catalogue.old_faithful import OldFaithful
from genstudio.data.catalogue.penguins import Penguins
from genstudio.data.catalogue.regimes import Regimes
from genstudio.data.catalogue.seattle_weather import SeattleWeather
from genstudio.data.catalogue.strokes import SHAPES, Strokes
from genstudio.data.catalogue.textbook_chain import TextbookChain
from genstudio.data.labelling import Marks
from genstudio.data.sequence_split import sequence_marks
from genstudio.data.sequences import Sequences, bounds
from genstudio.data.source import Source
from genstudio.data.table import ColumnType, Table
from genstudio.resources import resource


def loaded(plug: type[Source]) -> Table:
    return plug().load(plug.Settings(), seed=0)


def test_penguins_keep_their_words_and_their_gaps() -> None:
    table = loaded(Penguins)
    assert (len(table), table.label) == (344, "species")
    missing = {column.name: column.missing for column in table.columns}
    assert missing == {
        "species": 0,
        "island": 0,
        "bill_length_mm": 2,
        "bill_depth_mm": 2,
        "flipper_length_mm": 2,
        "body_mass_g": 2,
        "sex": 11,
    }
    species = table.column("species")
    assert species.levels == ("Adelie", "Chinstrap", "Gentoo")
    np.testing.assert_array_equal(np.bincount(species.values.astype(int)), [152, 68, 124])
    assert table.column("sex").type is ColumnType.CATEGORY
    assert table.column("body_mass_g").values[:4] == pytest.approx([3750, 3800, 3250, np.nan], nan_ok=True)


def test_old_faithful_is_whole() -> None:
    table = loaded(OldFaithful)
    assert (len(table), table.label) == (272, None)
    assert table.names == ("eruption_min", "waiting_min")
    assert [float(column.values.mean()) for column in table.columns] == pytest.approx([3.487783, 70.897059])


def series(plug: type[Source]) -> Sequences:
    found = plug().load(plug.Settings(), seed=0)
    assert isinstance(found, Sequences)
    return found


def test_the_heart_beats_360_samples_a_second() -> None:
    found = series(Ecg)
    assert (len(found), found.names, found.time_name) == (1024, ("amplitude",), "time in s")
    assert found.times is not None
    assert found.times[360] == 1.0
    values = found.columns[0].values
    assert (values.min(), values.max()) == (-112, 250)


def test_the_weather_is_told_day_by_day() -> None:
    found = series(SeattleWeather)
    assert (len(found), found.label, found.time_name) == (1461, "weather", "date")
    assert found.names == ("precipitation_mm", "temp_max_c", "temp_min_c", "wind_m_s", "weather")
    assert found.times is not None
    assert found.times[0] == np.datetime64("2012-01-01", "s").astype(float)
    assert (np.diff(found.times) == 86_400).all()
    warmth = found.column("temp_max_c").values
    winter, summer = warmth[:31].mean(), warmth[181:212].mean()
    assert summer > winter + 10


def test_a_long_wait_follows_a_long_eruption() -> None:
    found = series(Geyser)
    assert (len(found), found.names) == (299, ("duration_min", "waiting_min"))
    duration, waiting = (column.values for column in found.columns)
    assert np.corrcoef(duration[:-1], waiting[1:])[0, 1] > 0.8
    assert [float(values.mean()) for values in (duration, waiting)] == pytest.approx([3.460814, 72.314381])


def test_the_textbook_chain_tells_its_states() -> None:
    found = series(TextbookChain)
    assert (found.names, found.label, found.lengths.tolist()) == (("x", "y", "state"), "state", [1000])
    high = found.column("y").values > 5
    assert (found.column("state").values[high] == 2).mean() > 0.99


def test_regimes_drift_as_far_as_they_are_told() -> None:
    kind = Regimes.Settings
    still = Regimes().load(kind(drift=0.0), 1)
    moved = Regimes().load(kind(drift=10.0), 1)
    assert still.lengths.tolist() == [500] * 5
    way = np.column_stack([moved.columns[i].values - still.columns[i].values for i in (0, 1)])
    np.testing.assert_allclose(np.hypot(*way.T)[[0, 499, 500, 2499]], [0, 10, 0, 10], atol=1e-9)


def test_letters_of_a_play_are_symbols() -> None:
    found = Hamlet().load(Hamlet.Settings(samples=33_535), 0)
    column = found.columns[0]
    text = "".join(column.levels[int(code)] for code in column.values)
    assert text.startswith("whos␣there␣nay␣answer␣me")
    assert text.endswith("come␣lets␣go␣together")
    assert np.bincount(column.values.astype(int)).argmax() == column.levels.index("␣")
    assert len(Hamlet().load(Hamlet.Settings(samples=100), 0)) == 100


def test_strokes_are_shapes_of_one_class_each() -> None:
    kind = Strokes.Settings
    found = Strokes().load(kind(strokes=5, noise=0.0), 2)
    assert len(found.lengths) == 20
    marks = sequence_marks(Marks(SHAPES, found.column("shape").values.astype(np.int64), -1), found.lengths)
    assert marks is not None
    assert marks.codes.tolist() == list(range(4)) * 5
    assert found.keys[:5] == ("circle 1", "square 1", "wave 1", "zigzag 1", "circle 2")
    a, b = bounds(found.lengths)[:2]
    circle = np.column_stack([found.column(name).values[a:b] for name in "xy"])
    # All points of a circle lie equally far from its middle, wherever and however large it is.
    middle = np.linalg.lstsq(np.column_stack([2 * circle, np.ones(b - a)]), (circle**2).sum(axis=1), rcond=None)[0][:2]
    assert np.ptp(np.hypot(*(circle - middle).T)) < 1e-9


@pytest.mark.parametrize("name", ["penguins", "old_faithful", "hamlet", "ecg", "seattle_weather", "geyser"])
def test_origin_and_terms_lie_beside_the_data(name: str) -> None:
    assert len(resource("data", f"{name}.txt").read_text(encoding="utf-8")) > 200
