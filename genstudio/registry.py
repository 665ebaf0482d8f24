"""Plugs found by looking: whatever a folder holds is registered, no list to extend."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
from typing import TypeVar

T = TypeVar("T")


def discover(package: str, base: type[T]) -> dict[str, type[T]]:
    """The concrete subclasses of `base` that the modules of a package define, by `info.key`.

    Arguments:
        package: dotted name of the folder to look through; private modules are passed over.
        base: the contract; a plug is a subclass with an `info` that has `key` and `order`.

    Returns:
        Plugs by key, sorted by `info.order`, then title.

    Raises:
        ValueError: two plugs claim the same key.
    """
    folder = importlib.import_module(package)
    found: dict[str, type[T]] = {}
    for module in pkgutil.iter_modules(folder.__path__, package + "."):
        if not module.name.rsplit(".", 1)[1].startswith("_"):
            for plug in _plugs(module.name, base):
                key = plug.info.key  # type: ignore[attr-defined]
                if key in found:
                    raise ValueError(f"{plug} and {found[key]} both claim the key {key!r}")
                found[key] = plug
    return dict(sorted(found.items(), key=_place))


def discover_in(module: str, base: type[T]) -> dict[str, type[T]]:
    """The concrete subclasses of `base` that one module defines, by `info.key`; the rest is not imported."""
    return {plug.info.key: plug for plug in _plugs(module, base)}  # type: ignore[attr-defined]


def _plugs(module_name: str, base: type[T]) -> list[type[T]]:
    module = importlib.import_module(module_name)
    return [
        member
        for _, member in inspect.getmembers(module, inspect.isclass)
        if issubclass(member, base) and member.__module__ == module_name and not inspect.isabstract(member)
        and hasattr(member, "info")
    ]


def _place(item: tuple[str, type[T]]) -> tuple[int, str]:
    info = item[1].info  # type: ignore[attr-defined]
    return info.order, info.title
