"""What a recipe's data section makes of a file that may hold several things."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from genstudio.data.pictures import Pictures
from genstudio.data.preparation import PreparationSettings
from genstudio.data.reader import readers
from genstudio.data.sequences import Sequences
from genstudio.data.source import sources
from genstudio.data.table import Table
from genstudio.runs.loading import load_raw
from genstudio.runs.recipe import override, parse_recipe, recipe_from_values, to_toml

STACK = np.arange(3 * 6 * 4.0).reshape(3, 6, 4)


def saved(folder: Path) -> str:
    np.savez(folder / "stack.npz", x=STACK)
    return str(folder / "stack.npz")


def loaded(path: str, **data: Any) -> Any:
    return load_raw(recipe_from_values({"data": {"path": path, **data}}))


@pytest.mark.parametrize(
    ("said", "kind"),
    [
        ({}, Pictures), ({"kind": "sequences"}, Sequences), ({"holds": "sequences"}, Sequences),
        ({"holds": "pictures"}, Pictures),
        # As recipes said it before there were sequences.
        ({"kind": "pictures"}, Pictures),
    ],
)
def test_what_an_array_holds_can_be_said(tmp_path: Path, said: dict[str, str], kind: type) -> None:
    assert isinstance(loaded(saved(tmp_path), **said), kind)


def test_sequences_are_still_a_table_of_a_reader_that_knows_no_others(tmp_path: Path) -> None:
    path = tmp_path / "rows.csv"
    path.write_text("t,x\n1,2\n2,3\n", encoding="utf-8")
    assert type(loaded(str(path), kind="sequences", time="t")) is Table


def test_what_is_said_of_sequences_comes_back_from_toml(tmp_path: Path) -> None:
    recipe = recipe_from_values({"data": {
        "path": "a.csv", "kind": "sequences", "sequence": "who", "time": "when", "split": "set", "separator": ";",
    }})  # fmt: skip
    assert parse_recipe(to_toml(recipe)) == recipe
    changed = override(recipe, "data.time", "step")
    assert changed.data.preparation.time == "step"
    assert changed.data.preparation.sequence == "who"


@pytest.mark.parametrize("plug", [*readers().values(), *sources().values()], ids=lambda plug: plug.info.key)
def test_no_option_has_the_name_of_another_key_of_the_section(plug: Any) -> None:
    others = {*PreparationSettings.model_fields, "source", "path", "seed"}
    assert not others & set(plug.Settings.model_fields)
