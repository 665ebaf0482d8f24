"""The real tables that come with the program."""

from __future__ import annotations

import numpy as np
import pytest

from genstudio.data.catalogue.ecg import Ecg
from genstudio.data.catalogue.geyser import Geyser
from genstudio.data.catalogue.old_faithful import OldFaithful
from genstudio.data.catalogue.penguins import Penguins
from genstudio.data.catalogue.regimes import Regimes
from genstudio.data.catalogue.seattle_weather import SeattleWeather
from genstudio.data.catalogue.textbook_chain import TextbookChain
from genstudio.data.sequences import Sequences
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


@pytest.mark.parametrize("name", ["penguins", "old_faithful", "ecg", "seattle_weather", "geyser"])
def test_origin_and_terms_lie_beside_the_data(name: str) -> None:
    assert len(resource("data", f"{name}.txt").read_text(encoding="utf-8")) > 200
