"""The real tables that come with the program."""

from __future__ import annotations

import numpy as np
import pytest

from genstudio.data.catalogue.old_faithful import OldFaithful
from genstudio.data.catalogue.penguins import Penguins
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


@pytest.mark.parametrize("name", ["penguins", "old_faithful"])
def test_origin_and_terms_lie_beside_the_data(name: str) -> None:
    assert len(resource("data", f"{name}.txt").read_text(encoding="utf-8")) > 200
