"""Resources are found in a checkout and in an installed package."""

from __future__ import annotations

import importlib.util
import shutil
from pathlib import Path

import pytest

from genstudio import resources
from genstudio.resources import resource


def test_checkout_keeps_them_beside_the_package() -> None:
    found = resource("data", "penguins.csv")
    assert found == Path(__file__).parent.parent / "resources" / "data" / "penguins.csv"


def test_installed_package_holds_them_inside(tmp_path: Path) -> None:
    package = tmp_path / "genstudio"
    inside = package / "resources" / "data" / "penguins.csv"
    inside.parent.mkdir(parents=True)
    inside.write_text("species\n")
    module_path = Path(shutil.copy(Path(resources.__file__), package))
    spec = importlib.util.spec_from_file_location("installed_resources", module_path)
    assert spec is not None
    assert spec.loader is not None
    installed = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(installed)
    assert installed.resource("data", "penguins.csv") == inside


def test_missing_resource_is_named() -> None:
    with pytest.raises(FileNotFoundError, match=r"resource data/unicorns\.csv is missing"):
        resource("data", "unicorns.csv")
