"""A run as members of a file."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from pathlib import Path, PureWindowsPath
from typing import Any

import numpy as np
from numpy.typing import NDArray

from genstudio.data.dataset import Dataset
from genstudio.data.pictures import Raw
from genstudio.data.preparation import PicturePreparation, Preparation, preparation_from_state, prepare
from genstudio.errors import ArchiveError, GenStudioError
from genstudio.models.capabilities import Resumable
from genstudio.runs import stored_raw, strict_json, tensors
from genstudio.runs.container import Members
from genstudio.runs.favourites import Favourites, from_plain
from genstudio.runs.history import History
from genstudio.runs.job import Status
from genstudio.runs.learned import Learned
from genstudio.runs.loading import load_raw
from genstudio.runs.recipe import Recipe, parse_recipe, to_toml
from genstudio.runs.run import Run, learned_run, new_run
from genstudio.runs.snapshot import Snapshot
from genstudio.runs.state_marks import StateMarks

Array = NDArray[Any]

_MALFORMED = (KeyError, TypeError, ValueError, AttributeError, IndexError, OverflowError)
_SAME = 1e-9


def to_members(run: Snapshot, folder: str, origin: Mapping[str, Any]) -> Members:
    """The members that hold a run.

    Arguments:
        origin: where its rows are: `table`, a folder in the file or None, and `sha256` of the file they came from.
    """
    members = {
        f"{folder}/recipe.toml": to_toml(run.recipe).encode("utf-8", "replace"),
        f"{folder}/run.json": strict_json.encode({**run.run, "data": origin}),
        f"{folder}/history.safetensors": tensors.encode(run.history),
    }
    if run.favourites:
        members[f"{folder}/favourites.safetensors"] = tensors.encode(run.favourites)
    if run.learned is not None:
        members[f"{folder}/model.safetensors"] = tensors.encode(run.learned.state)
        if run.learned.checkpoint:
            members[f"{folder}/checkpoint.safetensors"] = tensors.encode(run.learned.checkpoint)
    return members


def from_members(members: Mapping[str, bytes], folder: str, tables: dict[str, Raw]) -> tuple[Run, list[str]]:
    """The run that `to_members` stored, and sentences about what is missing of it.

    Arguments:
        tables: those read so far by folder, so that runs share them again.

    Raises:
        GenStudioError: it cannot be brought back at all.
    """
    recipe = parse_recipe(_member(members, f"{folder}/recipe.toml").decode("utf-8", "replace"))
    described = strict_json.parse(_member(members, f"{folder}/run.json"), f"{folder}/run.json")
    problems: list[str] = []
    try:
        known = _known(described)
        preparation = _preparation(described["preparation"])
        raw = _raw(members, described["data"], recipe, tables, problems)
    except _MALFORMED as error:
        raise ArchiveError(f"{folder}/run.json is damaged or was made to mislead ({error}).") from None
    known["history"] = _history(members, folder, described.get("history"), problems)
    data = None if raw is None else _data(raw, recipe, preparation, problems)
    run = _run(recipe, preparation, data, _learned(members, folder, known["history"].step), known)
    if not run.resumable and run.offers(Resumable):
        problems.append("its training cannot go on: what that needs is missing from the file, or damaged.")
    run.raw = raw
    run.favourites = _favourites(members, folder, described.get("favourites"), preparation, problems)
    run.marks = _marks(described.get("states"), problems)
    return run, [f"{run.name}: {problem}" for problem in problems]


def _member(members: Mapping[str, bytes], name: str) -> bytes:
    if name not in members:
        raise ArchiveError(f"{name} is missing.")
    return members[name]


def _known(described: Mapping[str, Any]) -> dict[str, Any]:
    """Name, status and figures, each of the type it must have."""
    figures = {
        str(key): {name: value if name in ("unit", "better", "note") else strict_json.number(value)
                   for name, value in figure.items()}
        for key, figure in described["figures"].items()
    }
    seconds = strict_json.number(described["seconds"])
    return {
        "name": str(described["name"])[:200], "status": Status(described["status"]),
        "message": str(described["message"]), "seconds": float(seconds or 0.0), "figures": figures,
        "by_hand": described["by_hand"] is True, "items": max(0, int(described.get("items", 0))),
    }


def _preparation(state: Mapping[str, Any]) -> Preparation:
    preparation = preparation_from_state(state)
    if isinstance(preparation, PicturePreparation):
        return preparation
    width = (len(preparation.columns),)
    if not all(isinstance(word, str) for c in preparation.columns for word in (c.name, *c.levels)):
        raise TypeError("a column's name is no text")
    parts = [preparation.fill, *vars(preparation.scaling).values()]
    if not width[0] or any(part.shape != width or not np.isfinite(part).all() for part in parts):
        raise ValueError("its preparation does not fit its columns")
    if any((getattr(preparation.scaling, name, 1.0) <= np.zeros(width)).any() for name in ("scale", "span")):
        raise ValueError("a scale is not positive")
    return preparation


def _raw(
    members: Mapping[str, bytes], origin: Mapping[str, Any], recipe: Recipe, tables: dict[str, Raw],
    problems: list[str],
) -> Raw | None:
    """The data of a run. Files that a recipe names are never opened here: the recipe may be a stranger's."""
    folder = origin["table"]
    try:
        if recipe.data.path is None:
            return load_raw(recipe)
        if folder is not None:
            if folder not in tables:
                tables[folder] = stored_raw.from_members(members, str(folder))
            return tables[folder]
    except GenStudioError as error:
        problems.append(f"its data cannot be brought back. {error}")
        return None
    # Both kinds of separators count, whichever system the file comes from.
    name = PureWindowsPath(Path(recipe.data.path).name).name
    problems.append(f"its data were too large for the file; open {name} again to go on with them.")
    return None


def _history(members: Mapping[str, bytes], folder: str, plain: Any, problems: list[str]) -> History:
    name = f"{folder}/history.safetensors"
    try:
        return History.from_state(tensors.decode(_member(members, name), name), plain)
    except (ArchiveError, *_MALFORMED):
        problems.append("its curves cannot be read.")
        return History()


def _favourites(
    members: Mapping[str, bytes], folder: str, plain: Any, preparation: Preparation, problems: list[str]
) -> Favourites:
    """Samples that were put aside; older files hold none."""
    if not plain:
        return Favourites()
    shape = preparation.shape if isinstance(preparation, PicturePreparation) else (len(preparation.columns),)
    name = f"{folder}/favourites.safetensors"
    try:
        return Favourites(from_plain(tensors.decode(_member(members, name), name), plain, shape))
    except (ArchiveError, *_MALFORMED):
        problems.append("its favourites cannot be read.")
        return Favourites()


def _marks(plain: Any, problems: list[str]) -> StateMarks:
    """Names and colours of states; older files hold none."""
    try:
        return StateMarks() if plain is None else StateMarks.from_plain(plain)
    except _MALFORMED:
        problems.append("the names of its states cannot be read.")
        return StateMarks()


def _data(raw: Raw, recipe: Recipe, preparation: Preparation, problems: list[str]) -> Dataset | None:
    try:
        data = prepare(raw, recipe.data.preparation, recipe.data_seed)
    except GenStudioError as error:
        problems.append(f"its data cannot be prepared. {error}")
        return None
    if not _alike(data.preparation, preparation):
        problems.append("its data are not those it learned from; they are left out.")
        return None
    return dataclasses.replace(data, preparation=preparation)


def _alike(one: Preparation, other: Preparation) -> bool:
    """Whether two preparations are the same but for rounding, which may differ between machines."""
    if isinstance(one, PicturePreparation) or isinstance(other, PicturePreparation):
        return one.state() == other.state()
    if one.kind is not other.kind or one.names != other.names or one.scaling.name != other.scaling.name:
        return False
    pairs = zip(vars(one.scaling).values(), vars(other.scaling).values(), strict=True)
    return all(np.allclose(a, b, rtol=_SAME, atol=0.0) for a, b in pairs)


def _learned(members: Mapping[str, bytes], folder: str, step: int) -> Learned | None:
    name = f"{folder}/model.safetensors"
    if name not in members:
        return None
    return Learned(step, tensors.decode(members[name], name), _checkpoint(members, f"{folder}/checkpoint.safetensors"))


def _checkpoint(members: Mapping[str, bytes], name: str) -> dict[str, Array]:
    """What going on needs; empty where it is damaged, for a model can be used without."""
    try:
        return tensors.decode(members[name], name) if name in members else {}
    except ArchiveError:
        return {}


def _run(
    recipe: Recipe, preparation: Preparation, data: Dataset | None, learned: Learned | None,
    known: dict[str, Any],
) -> Run:
    if learned is None:
        if known["status"] is Status.WAITING and data is not None:
            return new_run(recipe, data, known["name"])
        raise ArchiveError("What it has learned is missing.", "Train it again with its recipe.")
    try:
        return learned_run(known.pop("name"), recipe, preparation, data, learned, **known)
    except _MALFORMED as error:
        raise ArchiveError(f"What it has learned does not fit the model ({error}).") from None
