"""Settings: frozen pydantic models whose fields carry what a form needs to show them."""

from __future__ import annotations

import difflib
import functools
import math
import types
import typing
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Literal, TypeVar

import pydantic
from pydantic import BaseModel, ConfigDict

from genstudio.errors import SettingsError


class Settings(BaseModel):
    """Base of every settings model: frozen, and strict about names."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


S = TypeVar("S", bound=Settings)


def setting(
    default: Any,
    help: str,
    *,
    label: str = "",
    unit: str = "",
    ge: float | None = None,
    gt: float | None = None,
    le: float | None = None,
    lt: float | None = None,
    log: bool = False,
    live: bool = False,
    hidden: bool = False,
    advanced: bool = False,
    of: str = "",
) -> Any:
    """A field of a settings model.

    Arguments:
        default: the value when nobody chooses; it should already give a good result.
        help: one or two sentences in plain words, shown as tooltip and as comment in recipes.
        label: what the form shows; made from the field's name when empty.
        unit: unit of the value ("nats", "rows", ...).
        ge, gt, le, lt: bounds of a number.
        log: a number best changed by factors (a learning rate), not by steps.
        live: the setting can change while training goes on.
        hidden: recipes may hold it, forms do not show it (arrays typed elsewhere).
        advanced: forms fold it away at first.
        of: the kind of data that it has a meaning for; all kinds when empty.
    """
    shown = {
        "label": label, "unit": unit, "log": log, "live": live, "hidden": hidden, "advanced": advanced, "of": of,
    }
    extra: dict[str, Any] = {"genstudio": shown}
    return pydantic.Field(default=default, description=help, ge=ge, gt=gt, le=le, lt=lt, json_schema_extra=extra)


@dataclass(frozen=True)
class SettingInfo:
    """What a form or a recipe writer knows of one setting.

    `kind` is one of "int", "float", "bool", "choice", "text", "list". A setting that takes
    None has `optional` set; one that takes a number or certain words has both a number's kind
    and `choices`; a text with `choices` is a name, of which these are the known ones. Of a list, `item_kind` and the
    bounds are those of its items.
    """

    name: str
    label: str
    help: str
    unit: str
    kind: str
    default: Any
    minimum: float
    maximum: float
    open_minimum: bool
    open_maximum: bool
    choices: tuple[str, ...]
    optional: bool
    log: bool
    live: bool
    hidden: bool
    advanced: bool
    of: str = ""
    item_kind: str = ""


@functools.cache
def describe(model: type[Settings]) -> tuple[SettingInfo, ...]:
    """The settings of a model, in the order in which its class names them, and then those that it inherits."""
    return tuple(_describe_field(name, model.model_fields[name]) for name in _own_first(model))


def validate(model: type[S], values: Mapping[str, Any], where: str) -> S:
    """Settings from plain values.

    Arguments:
        values: names to plain values, as a form or a TOML table gives them.
        where: what is being set, to be named in the message ("the model `gmm`").

    Raises:
        SettingsError: naming every bad field, with the nearest known name of an unknown one.
    """
    try:
        return model.model_validate(dict(values))
    except pydantic.ValidationError as error:
        raise SettingsError(
            f"Settings of {where} cannot be used: " + "; ".join(_sentences(error, model)) + ".",
            "Change them and try again.",
        ) from None


def nearest(name: str, known: Iterable[str]) -> str:
    """A hint naming the known name that is closest to a wrong one."""
    names = sorted(known)
    close = difflib.get_close_matches(name, names, n=1, cutoff=0.5)
    return f"did you mean `{close[0]}`?" if close else f"known: {', '.join(names)}"


def _sentences(error: pydantic.ValidationError, model: type[Settings]) -> Iterable[str]:
    seen = set()
    for problem in error.errors(include_url=False):
        if not problem["loc"]:  # several settings do not go together
            yield problem["msg"].removeprefix("Value error, ")
            continue
        name = str(problem["loc"][0])
        if problem["type"] == "extra_forbidden":
            yield f"`{name}` is not known ({nearest(name, model.model_fields)})"
        elif name not in seen:
            message = problem["msg"][:1].lower() + problem["msg"][1:]
            yield f"`{name}`: {message} (not {_shown(problem.get('input'))})"
        seen.add(name)


def _shown(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 40 else text[:37] + "…"


def _describe_field(name: str, field: Any) -> SettingInfo:
    kind, choices, optional = _kind(field.annotation)
    extra = dict((field.json_schema_extra or {}).get("genstudio", {}))
    bounds = _bounds([*field.metadata, *_inner_metadata(field.annotation)])
    label = extra.pop("label", "") or name.replace("_", " ").capitalize()
    return SettingInfo(
        name=name, label=label, help=field.description or "", kind=kind, choices=choices, optional=optional,
        item_kind=_item_kind(field.annotation),
        default=field.get_default(call_default_factory=True), **bounds, **{**_PLAIN, **extra},
    )


def _own_first(model: type[Settings]) -> Iterable[str]:
    own = (name for kind in model.__mro__ for name in vars(kind).get("__annotations__", ()))
    return dict.fromkeys(name for name in own if name in model.model_fields)


_PLAIN: dict[str, Any] = {"unit": "", "log": False, "live": False, "hidden": False, "advanced": False, "of": ""}


def _bounds(metadata: Iterable[Any]) -> dict[str, Any]:
    found: dict[str, Any] = {
        "minimum": -math.inf, "maximum": math.inf, "open_minimum": False, "open_maximum": False,
    }
    for item in metadata:
        for attribute, end in (("ge", "minimum"), ("gt", "minimum"), ("le", "maximum"), ("lt", "maximum")):
            value = getattr(item, attribute, None)
            if value is not None:
                found[end] = float(value)
                found[f"open_{end}"] = attribute in ("gt", "lt")
    return found


def _inner_metadata(annotation: Any) -> Iterable[Any]:
    """Bounds of the number in a choice of number or words, `Annotated[float, Gt(0)] | Literal[...]`, or in a list."""
    for part in typing.get_args(annotation):
        for item in getattr(part, "__metadata__", ()):
            yield from getattr(item, "metadata", (item,))


def _item_kind(annotation: Any) -> str:
    lists = [part for part in (annotation, *typing.get_args(annotation)) if typing.get_origin(part) is tuple]
    return _kind(typing.get_args(lists[0])[0])[0] if lists else ""


def _kind(annotation: Any) -> tuple[str, tuple[str, ...], bool]:
    if typing.get_origin(annotation) is typing.Annotated:
        return _kind(typing.get_args(annotation)[0])
    if typing.get_origin(annotation) in (typing.Union, types.UnionType):
        parts = [_kind(part) for part in typing.get_args(annotation) if part is not type(None)]
        optional = type(None) in typing.get_args(annotation) or any(part[2] for part in parts)
        choices = tuple(choice for part in parts for choice in part[1])
        numeric = [part[0] for part in parts if part[0] != "choice"]
        return (numeric[0] if numeric else "choice"), choices, optional
    if typing.get_origin(annotation) is Literal:
        return "choice", tuple(str(value) for value in typing.get_args(annotation)), False
    names = {bool: "bool", int: "int", float: "float", str: "text"}
    return names.get(annotation, "list"), (), False
