"""Recipe: which data, how prepared, which model, which settings, which seed. Reads from and writes to TOML."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Literal

import pydantic

from genstudio.data.preparation import PreparationSettings
from genstudio.data.source import source
from genstudio.errors import RecipeError, SettingsError
from genstudio.models.registry import model
from genstudio.runs.toml_text import toml_key, toml_value
from genstudio.settings import Settings, describe, nearest, setting, validate
from genstudio.training.budget import Budget


class DataRecipe(Settings):
    """Which data, and how they are prepared.

    In TOML the fields of `preparation` and the `options` of the source or reader stand directly
    under `[data]`.
    """

    source: str | None = setting(None, "A name from `genstudio list data`.")
    path: str | None = setting(None, "A file, absolute or beside the recipe.")
    seed: int | None = setting(None, "Draws and splits the data; the recipe's seed when left out.", ge=0, lt=2**32)
    preparation: PreparationSettings = PreparationSettings()
    options: Mapping[str, Any] = {}

    def same_table(self, other: DataRecipe) -> bool:
        """Whether both name the same rows before preparation."""
        return self.model_copy(update={"preparation": other.preparation}) == other


class ModelRecipe(Settings):
    """Which model, with its settings beside the name."""

    name: str = setting("gmm", "A key from `genstudio list models`.")
    settings: Mapping[str, Any] = {}


class TrainingRecipe(Settings):
    """When training ends: at whichever comes first; the model's own rule when all are left out."""

    epochs: int | None = setting(None, "Training ends after so many passes through the training items.", ge=1, le=10**9)
    steps: int | None = setting(None, "Training ends at this step at the latest.", ge=1, le=10**9)
    seconds: float | None = setting(None, "Training ends after this time at the latest.", gt=0, le=10**7, unit="s")
    batch_size: int | None = setting(
        None, "Items that one gradient step goes through; the model's own choice when left out.", ge=1, le=10**7,
        label="Batch",
    )
    device: str = setting("auto", "Where tensors are computed: auto takes a GPU where there is one.", advanced=True)
    precision: Literal["auto", "float32", "bfloat16"] = setting(
        "auto", "Numbers that gradients are computed in: auto takes bfloat16 where the processor is fast at it and the "
        "results agree.", advanced=True,
    )
    threads: int = setting(
        1, "Processor cores that training may use. More than one pays on an idle machine only.", ge=1, le=256,
        advanced=True,
    )
    compile: Literal["auto", "never"] = setting(
        "auto", "Whether what long trainings descend is compiled: auto does so in the background and takes it where "
        "gradients agree; never does so only where a change of `compiled` was recorded.", advanced=True,
    )

    def budget(self) -> Budget:
        """The same for a model."""
        return Budget(**self.model_dump())


class LiveChange(Settings):
    """A live setting that is changed on the way."""

    step: int = setting(0, "After which step.", ge=0)
    name: str = setting("", "Which setting of the model.")
    value: Any = setting(None, "What it becomes.")


class Recipe(Settings):
    """All that decides a result."""

    seed: int = setting(42, "The same recipe with the same seed gives the same numbers.", ge=0, lt=2**32)
    data: DataRecipe = DataRecipe(source="two_moons")
    model: ModelRecipe = ModelRecipe()
    training: TrainingRecipe = TrainingRecipe()
    changes: tuple[LiveChange, ...] = setting((), "Live settings that are changed on the way, in the order of steps.")

    @property
    def data_seed(self) -> int:
        """The seed that draws and splits the data."""
        return self.seed if self.data.seed is None else self.data.seed


def read_recipe(path: Path) -> Recipe:
    """A recipe from a TOML file.

    Raises:
        RecipeError: the file cannot be read, is not TOML, or names what is not known.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise RecipeError(f"The recipe {path} cannot be read: {error}.", "Check its name and encoding.") from None
    try:
        recipe = parse_recipe(text)
    except RecipeError as error:
        raise RecipeError(f"{path}: {error.what}", error.remedy) from None
    return _beside(recipe, path.parent)


def parse_recipe(text: str) -> Recipe:
    """A recipe from TOML text; unknown keys are errors that name the nearest known key."""
    try:
        values = tomllib.loads(text)
    except (ValueError, RecursionError) as error:  # a number of 5,000 digits is no TOMLDecodeError
        raise RecipeError(f"This is not a recipe: {error}.", "A recipe is a TOML file; correct that line.") from None
    return recipe_from_values(values)


def recipe_from_values(values: Mapping[str, Any]) -> Recipe:
    """A recipe from nested plain values, all of them checked.

    Raises:
        RecipeError: naming every key that is unknown or out of bounds.
    """
    values = dict(values)
    sections = {name: _section(values, name) for name in ("data", "model", "training")}
    changes = values.pop("changes", [])
    try:
        chosen = _model(sections["model"])
        return Recipe(
            **_checked_top(values), data=_data(sections["data"]), model=chosen,
            training=validate(TrainingRecipe, sections["training"], "[training]"), changes=_changes(changes, chosen),
        )
    except SettingsError as error:
        raise RecipeError(error.what, error.remedy) from None


def override(recipe: Recipe, dotted: str, value: Any) -> Recipe:
    """The recipe with one value changed, named as `model.n_components` or `seed`."""
    values = to_values(recipe)
    *sections, name = dotted.split(".")
    place = values
    for section in sections:
        place = place.setdefault(section, {})
        if not isinstance(place, dict):
            raise RecipeError(f"`{dotted}` is not a setting.", "Write SECTION.NAME=VALUE, as in model.n_components=5.")
    _forget_former(recipe, dotted, value, place)
    place[name] = value
    return recipe_from_values(values)


def _forget_former(recipe: Recipe, dotted: str, value: Any, place: dict[str, Any]) -> None:
    """Another model or other data do not have the settings of the former."""
    if dotted == "model.name" and value != recipe.model.name:
        place.clear()
    elif dotted in ("data.source", "data.path"):
        for key in ("source", "path", *recipe.data.options):
            place.pop(key, None)


def to_values(recipe: Recipe) -> dict[str, Any]:
    """Nested plain values as they stand in TOML; what is left out (None) is left out."""
    data = {name: getattr(recipe.data, name) for name in ("source", "path", "seed")}
    data |= dict(recipe.data.options) | recipe.data.preparation.model_dump(mode="json")
    return {
        "seed": recipe.seed,
        "data": _present(data),
        "model": _present({"name": recipe.model.name, **recipe.model.settings}),
        "training": _present(recipe.training.model_dump(mode="json", exclude_defaults=True)),
        **({"changes": [change.model_dump(mode="json") for change in recipe.changes]} if recipe.changes else {}),
    }


def to_toml(recipe: Recipe) -> str:
    """The recipe as readable TOML, each key with its help as a comment."""
    values = to_values(recipe)
    helps = _helps(recipe)
    lines = [*_entry("seed", recipe.seed, helps["seed"]), ""]
    for section in ("data", "model", "training"):
        lines.append(f"[{section}]")
        for key, value in values[section].items():
            lines.extend(_entry(key, value, helps.get(f"{section}.{key}", "")))
        lines.append("")
    for change in values.get("changes", ()):
        lines.extend(["[[changes]]", *(f"{key} = {toml_value(value)}" for key, value in change.items()), ""])
    return "\n".join(lines).rstrip() + "\n"


def _section(values: dict[str, Any], name: str) -> dict[str, Any]:
    section = values.pop(name, {})
    if not isinstance(section, dict):
        raise RecipeError(f"`{name}` must be a section, [{name}].", "Put its settings below that line.")
    return dict(section)


def _checked_top(values: dict[str, Any]) -> dict[str, Any]:
    known = set(Recipe.model_fields)
    for key in values:
        if key not in known:
            raise RecipeError(f"A recipe has no key `{key}` ({nearest(key, known)}).", "Correct or remove it.")
    try:
        return {"seed": Recipe(**values).seed}
    except pydantic.ValidationError:
        raise RecipeError(
            f"`seed` must be a whole number from 0 to 4294967295, not {values['seed']!r}.", "Correct it."
        ) from None


def _data(values: dict[str, Any]) -> DataRecipe:
    if ("source" in values) == ("path" in values):
        raise RecipeError("[data] must name either `source` or `path`.", "See `genstudio list data` for sources.")
    if values.get("kind") == "pictures":
        # What an array holds was said so before rows could be sequences.
        values["holds"] = values.pop("kind")
    place: dict[str, Any] = {key: values.pop(key) for key in ("source", "path", "seed") if key in values}
    prepared = {key: values.pop(key) for key in PreparationSettings.model_fields if key in values}
    preparation = validate(PreparationSettings, prepared, "[data]")
    plain = validate(DataRecipe, place, "[data]")
    if plain.source is not None:
        kind = source(plain.source)
        known = [*kind.Settings.model_fields, *PreparationSettings.model_fields, "source", "path", "seed"]
        for key in values:
            if key not in kind.Settings.model_fields:
                raise RecipeError(f"[data] has no key `{key}` ({nearest(key, known)}).", "Correct or remove it.")
        values = validate(kind.Settings, values, f"the data `{plain.source}`").model_dump(mode="json")
    return plain.model_copy(update={"preparation": preparation, "options": values})


def _model(values: dict[str, Any]) -> ModelRecipe:
    name = values.pop("name", "gmm")
    settings = validate(model(str(name)).Settings, values, f"the model `{name}`")
    return ModelRecipe(name=str(name), settings=settings.model_dump(mode="json"))


def _changes(values: Any, chosen: ModelRecipe) -> tuple[LiveChange, ...]:
    if not isinstance(values, list) or not all(isinstance(value, dict) for value in values):
        raise RecipeError("`changes` must be a list of sections, [[changes]].", "Give step, name and value in each.")
    return tuple(_change(validate(LiveChange, value, "[[changes]]"), chosen) for value in values)


def _change(change: LiveChange, chosen: ModelRecipe) -> LiveChange:
    kind = model(chosen.name).Settings
    live = [info.name for info in describe(kind) if info.live]
    if change.name not in live:
        raise RecipeError(f"`{change.name}` cannot change while training ({nearest(change.name, live)}).")
    where = f"[[changes]] after step {change.step:,}"
    checked = validate(kind, {**chosen.settings, change.name: change.value}, where)
    return change.model_copy(update={"value": checked.model_dump(mode="json")[change.name]})


def _beside(recipe: Recipe, folder: Path) -> Recipe:
    if recipe.data.path is None:
        return recipe
    path = str((folder / Path(recipe.data.path).expanduser()).resolve())
    return recipe.model_copy(update={"data": recipe.data.model_copy(update={"path": path})})


def _present(values: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in values.items() if value is not None}


def _helps(recipe: Recipe) -> dict[str, str]:
    sections: list[tuple[str, type[Settings]]] = [
        ("", Recipe), ("data.", DataRecipe), ("data.", PreparationSettings), ("model.", ModelRecipe),
        ("training.", TrainingRecipe), ("model.", model(recipe.model.name).Settings),
    ]
    if recipe.data.source is not None:
        sections.append(("data.", source(recipe.data.source).Settings))
    return {prefix + info.name: info.help for prefix, kind in sections for info in describe(kind)}


def _entry(key: str, value: Any, help: str) -> Iterator[str]:
    if help:
        yield f"# {help}"
    yield f"{toml_key(key)} = {toml_value(value)}"
