from __future__ import annotations

import contextlib
import string
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from genstudio.errors import GenStudioError, RecipeError
from genstudio.runs.recipe import (
    Recipe,
    override,
    parse_recipe,
    read_recipe,
    recipe_from_values,
    to_toml,
    to_values,
)

MOONS = "[data]\nsource = 'two_moons'\n"
SHARES = st.floats(0, 0.4, allow_nan=False)
PREPARATIONS = st.fixed_dictionaries({}, optional={
    "scaling": st.sampled_from(["none", "standard", "minmax", "logit"]),
    "missing": st.sampled_from(["drop", "mean", "median"]),
    "columns": st.lists(st.text(max_size=8), min_size=1, max_size=4),
    "label": st.text(max_size=8), "anomalous": st.text(max_size=8), "valid": SHARES, "test": SHARES,
    "seed": st.integers(0, 2**32 - 1),
})
OPTIONS = st.dictionaries(
    st.sampled_from(["separator", "sheet", "decimal comma", "größe"]),
    st.recursive(
        st.text(max_size=10) | st.integers() | st.booleans() | st.floats(allow_nan=False, allow_infinity=False),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=2),
    ),
    max_size=3,
)
MODELS = st.fixed_dictionaries({"name": st.just("gmm")}, optional={
    "n_components": st.integers(1, 100), "tol": st.floats(0, 1, allow_nan=False),
    "covariance_type": st.sampled_from(["full", "diag"]), "reg_covar": st.floats(0, 1, allow_subnormal=False),
})
TRAININGS = st.fixed_dictionaries({}, optional={
    "steps": st.integers(1, 10**9), "seconds": st.floats(1e-6, 1e7), "epochs": st.integers(1, 10**9),
})

DATA = st.builds(lambda *parts: {"path": parts[0], **parts[1], **parts[2]}, st.text(min_size=1), PREPARATIONS, OPTIONS)


@given(st.fixed_dictionaries(
    {"seed": st.integers(0, 2**32 - 1), "data": DATA, "model": MODELS, "training": TRAININGS}
))
@settings(max_examples=60, deadline=None)
def test_what_is_written_reads_back(values: dict[str, Any]) -> None:
    recipe = recipe_from_values(values)
    assert parse_recipe(to_toml(recipe)) == recipe


@given(st.dictionaries(st.text(string.ascii_lowercase, max_size=6), st.integers() | st.text(max_size=4)))
@settings(max_examples=60, deadline=None)
def test_any_values_give_a_recipe_or_a_sentence(values: dict[str, Any]) -> None:
    for nested in (values, {"data": values}, {"model": values}, {"training": values, "seed": values}):
        with contextlib.suppress(GenStudioError):
            assert isinstance(recipe_from_values(nested), Recipe)


def test_values_are_left_as_they_were() -> None:
    values = {"data": {"source": "two_moons", "noise": 0.2}, "model": {"name": "gmm", "n_components": 3}}
    assert recipe_from_values(values) == recipe_from_values(values)


def test_every_key_is_explained() -> None:
    lines = to_toml(Recipe()).splitlines()
    keys = [i for i, line in enumerate(lines) if " = " in line and not line.startswith("#")]
    assert keys
    assert all(lines[i - 1].startswith("# ") for i in keys)


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("sed = 3", "did you mean `seed`"),
        ("[modle]\nname = 'gmm'", "did you mean `model`"),
        (MOONS + "[model]\nname = 'gmm'\nn_componets = 3", "did you mean `n_components`"),
        (MOONS + "[model]\nname = 'gm'", "did you mean `gmm`"),
        ("[data]\nsource = 'two_moon'", "did you mean `two_moons`"),
        ("[data]\nsource = 'two_moons'\nscalling = 'none'", "did you mean `scaling`"),
        ("[data]\nsource = 'two_moons'\nvalid = 2", "valid"),
        ("[data]\nscaling = 'none'", "either `source` or `path`"),
        ("[data]\nsource = 'two_moons'\npath = 'x.csv'", "either `source` or `path`"),
        ("seed = -1", "whole number"),
        ("seed = 2020-01-01", "whole number"),
        ("seed = " + "9" * 5000, "not a recipe"),
        ("seed = 1\nseed = 2", "not a recipe"),
        ("model = 3", r"\[model\]"),
        ("a = " + "[" * 100_000, "not a recipe"),
        (MOONS + "[model]\nn_components = inf", "n_components"),
    ],
)
def test_faults_are_named(text: str, named: str) -> None:
    with pytest.raises(GenStudioError, match=named) as caught:
        parse_recipe(text)
    assert len(str(caught.value)) < 1000


def changed(name: str, value: str) -> str:
    return f"{MOONS}[model]\nname = 'flow'\n[[changes]]\nstep = 1300\nname = '{name}'\nvalue = {value}\n"


@pytest.mark.parametrize(
    ("name", "value", "named"),
    [
        ("learning_rate", "'fast'", "valid number"), ("learning_rate", "-1.0", "greater than or equal to 0"),
        ("learning_rate", "nan", "finite"), ("learning_rate", "[1]", "valid number"), ("horizon", "0", "1 .not 0"),
        ("horizon", "2.5", "integer"), ("compiled", "3", "boolean"),
    ],
)
def test_what_settings_change_to_is_checked(name: str, value: str, named: str) -> None:
    with pytest.raises(RecipeError, match=rf"after step 1,300.*`{name}`.*{named}"):
        parse_recipe(changed(name, value))


@pytest.mark.parametrize(
    ("name", "value", "becomes"), [("learning_rate", "1", 1.0), ("learning_rate", "'0.5'", 0.5), ("horizon", "9.0", 9)]
)
def test_what_settings_change_to_is_of_their_kind(name: str, value: str, becomes: float) -> None:
    found = parse_recipe(changed(name, value)).changes[0].value
    assert (found, type(found)) == (becomes, type(becomes))


def test_a_file_lies_beside_its_recipe(tmp_path: Path) -> None:
    recipe = tmp_path / "recipe.toml"
    recipe.write_text('[data]\npath = "points.csv"\n', encoding="utf-8")
    assert read_recipe(recipe).data.path == str(tmp_path / "points.csv")


@pytest.mark.parametrize("content", [b"\xff\xfe\x00", b"a = ", b""])
def test_a_broken_file_is_named(tmp_path: Path, content: bytes) -> None:
    recipe = tmp_path / "recipe.toml"
    recipe.write_bytes(content)
    with pytest.raises(RecipeError, match=r"recipe\.toml"):
        read_recipe(recipe)
    with pytest.raises(RecipeError, match="nowhere"):
        read_recipe(tmp_path / "nowhere.toml")


class TestOverride:
    def test_one_value(self) -> None:
        recipe = override(Recipe(), "model.n_components", 7)
        assert recipe.model.settings["n_components"] == 7
        assert override(recipe, "seed", 9).seed == 9

    def test_another_model_drops_the_settings_of_the_former(self) -> None:
        recipe = override(override(Recipe(), "model.n_components", 7), "model.name", "kde")
        assert recipe.model.name == "kde"
        assert "n_components" not in recipe.model.settings

    def test_other_data_drop_the_options_of_the_former(self) -> None:
        recipe = recipe_from_values({"data": {"source": "two_moons", "noise": 0.3, "scaling": "minmax"}})
        other = override(recipe, "data.path", "points.csv")
        assert (other.data.source, other.data.path, dict(other.data.options)) == (None, "points.csv", {})
        assert other.data.preparation.scaling == "minmax"

    @pytest.mark.parametrize("name", ["seed.x", "data.columns.0", "modle.n_components", "model", "", "model.nope"])
    def test_names_that_are_no_setting(self, name: str) -> None:
        with pytest.raises(RecipeError):
            override(Recipe(), name, 1)


def test_values_are_plain() -> None:
    values = to_values(recipe_from_values({"data": {"source": "two_moons"}, "training": {"steps": 3}}))
    assert values["training"] == {"steps": 3}
    assert "path" not in values["data"]
