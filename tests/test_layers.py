"""The arrows of the house point down, and only the window knows Qt."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
WINDOW_SOURCES = sorted((ROOT / "genstudio" / "ui").rglob("*.py"))
NUMERIC = {"hmmlearn", "pandas", "pyarrow", "scipy", "sklearn", "torch"}

IMPORT_WITHOUT_QT = """
import importlib, sys

class NoQt:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in ("PySide6", "shiboken6", "pyqtgraph"):
            raise ImportError(f"{name} is blocked")

sys.meta_path.insert(0, NoQt())
for name in sys.argv[1:]:
    importlib.import_module(name)
"""


def modules_below_the_window() -> list[str]:
    paths = sorted((ROOT / "genstudio").rglob("*.py"))
    places = [path.relative_to(ROOT).with_suffix("").parts for path in paths]
    names = [".".join(parts).removesuffix(".__init__") for parts in places if parts[1] not in ("ui", "__main__")]
    return sorted(names)


def run_python(code: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", code, *arguments], cwd=ROOT, capture_output=True, text=True, check=False
    )


def imported_libraries(source: str) -> set[str]:
    """Top-level names of all that a module imports, wherever in it."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            names.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            names.add(node.module or "")
    return {name.partition(".")[0] for name in names}


def test_arrows_point_down() -> None:
    done = run_python("from importlinter.cli import lint_imports_command as lint; lint()", "--no-cache")
    assert done.returncode == 0, done.stdout + done.stderr


def test_everything_below_the_window_imports_without_qt() -> None:
    modules = modules_below_the_window()
    assert "genstudio.settings" in modules
    done = run_python(IMPORT_WITHOUT_QT, *modules)
    assert done.returncode == 0, done.stderr


def test_first_paint_waits_for_nothing_heavy() -> None:
    done = run_python("import sys, genstudio.ui.app; print(*sys.modules)")
    assert done.returncode == 0, done.stderr
    assert not {name.partition(".")[0] for name in done.stdout.split()} & NUMERIC


def test_imports_are_seen_wherever_they_stand() -> None:
    source = "import torch.nn as nn\ndef f():\n    from sklearn.svm import SVC\n"
    assert imported_libraries(source) == {"torch", "sklearn"}


@pytest.mark.parametrize("path", WINDOW_SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_window_leaves_numerics_to_the_layers_below(path: Path) -> None:
    assert not imported_libraries(path.read_text(encoding="utf-8")) & NUMERIC


@pytest.mark.parametrize("path", WINDOW_SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_window_never_turns_the_event_loop_by_hand(path: Path) -> None:
    calls = [node for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))) if isinstance(node, ast.Attribute)]
    assert not [call.lineno for call in calls if call.attr == "processEvents"]
