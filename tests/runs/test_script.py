from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from genstudio.data.pictures import Pictures
from genstudio.data.preparation import prepare
from genstudio.data.table import Table, points_table
from genstudio.errors import TrainingError
from genstudio.runs.recipe import recipe_from_values
from genstudio.runs.run import Run, new_run
from genstudio.runs.script import write_script
from tests.runs.learners import PATIENCE_S, until

RUN_WITHOUT_US = """
import runpy, sys
sys.modules["genstudio"] = None
for path in sys.argv[1:]:
    print("script")
    runpy.run_path(path)
"""


def table(gaps: bool) -> Table:
    rng = np.random.default_rng(7)
    x = np.concatenate([rng.normal([0, 0], [1, 50], (150, 2)), rng.normal([6, 200], [2, 20], (150, 2))])
    if gaps:
        x[rng.integers(300, size=20), rng.integers(2, size=20)] = np.nan
        x[5] = np.nan
    labels = (rng.random(300) < 0.1).astype(np.int64)
    return points_table("points", x, labels, levels=["normal", "anomaly"], names=["=x, in\nm", "y"], label_name="kind")


def trained(gaps: bool, data: dict[str, Any], model: dict[str, Any], training: dict[str, Any]) -> Run:
    recipe = recipe_from_values({"seed": 11, "data": {"path": "/x.csv", **data}, "model": model, "training": training})
    rows = table(gaps)
    run = new_run(recipe, prepare(rows, recipe.data.preparation, recipe.data_seed), "r", rows)
    run.job.start()
    until(lambda: run.job.status.ended)
    run.pull()
    return run


GMM = {"name": "gmm", "n_components": 3}
HAND = {
    "name": "gmm", "n_components": 2, "max_iter": 0, "weights_init": [0.5, 0.5],
    "means_init": [[0.0, 0.0], [6.0, 200.0]],
    "precisions_init": [[[1.0, 0.0], [0.0, 0.001]], [[0.2, 0.0], [0.0, 0.01]]],
}


CASES: dict[str, tuple[bool, dict[str, Any], dict[str, Any], dict[str, Any]]] = {
    "full": (False, {}, GMM, {}),
    "diag": (False, {"scaling": "standard", "seed": 3}, {**GMM, "covariance_type": "diag"}, {}),
    "filled, four steps": (True, {"missing": "mean", "scaling": "standard"}, GMM, {"steps": 4}),
    "median, restarts": (True, {"missing": "median", "scaling": "minmax"}, {**GMM, "n_init": 3}, {}),
    "all rows": (True, {"valid": 0, "test": 0}, {**GMM, "covariance_type": "tied"}, {}),
    "normal only": (False, {"normal_only": True}, {**GMM, "covariance_type": "spherical"}, {}),
    "normal only, logit": (True, {"normal_only": True, "scaling": "logit", "anomalous": "anomaly"}, GMM, {}),
    "one class": (True, {"classes": ["normal"], "missing": "mean"}, GMM, {}),
    "balanced": (True, {"balance": True, "scaling": "standard"}, {**GMM, "n_components": 1}, {}),
    "bayesian": (
        False, {"scaling": "standard"}, {**GMM, "weight_concentration_prior_type": "dirichlet_process"}, {}
    ),
    "by hand": (False, {}, HAND, {}),
    "kde": (True, {"scaling": "standard"}, {"name": "kde"}, {}),
}

Figures = dict[str, dict[str, float]]


@pytest.fixture(scope="module")
def figures(tmp_path_factory: pytest.TempPathFactory) -> tuple[Figures, Figures]:
    """What the runs say, and what their scripts print, by case; one process runs all scripts."""
    folder, exact = tmp_path_factory.mktemp("scripts"), {}
    for name, case in CASES.items():
        run = trained(*case)
        answer = run.job.ask("likelihoods").result(PATIENCE_S)
        exact[name] = {part: float(value) for part, value in answer.items()}
        write_script(folder / f"größe {name}.py", run, run.job.ask("state").result(PATIENCE_S))
        run.job.close()
    scripts = [str(folder / f"größe {name}.py") for name in CASES]
    done = subprocess.run(
        [sys.executable, "-c", RUN_WITHOUT_US, *scripts], capture_output=True, text=True, check=False, cwd=folder
    )
    assert done.returncode == 0, done.stderr
    printed = [block.strip().splitlines() for block in done.stdout.split("script\n")[1:]]
    assert len(list(folder.iterdir())) == 2 * len(CASES)
    return exact, {
        name: {line.split()[0]: float(line.split()[1]) for line in lines}
        for name, lines in zip(CASES, printed, strict=True)
    }


@pytest.mark.parametrize("case", CASES)
def test_the_script_gives_the_same_numbers(figures: tuple[Figures, Figures], case: str) -> None:
    exact, printed = figures
    assert printed[case] == pytest.approx(exact[case], rel=1e-9)
    assert "train" in printed[case]


def test_without_rows_or_learning_there_is_no_script(tmp_path: Path) -> None:
    run = trained(False, {}, GMM, {})
    run.job.close()
    with pytest.raises(TrainingError, match="learned nothing"):
        write_script(tmp_path / "a.py", run, {})
    run.raw = None
    with pytest.raises(TrainingError, match="not at hand"):
        write_script(tmp_path / "a.py", run, {})
    run.raw = Pictures("spots", np.zeros((9, 4, 4, 1), np.uint8))
    with pytest.raises(TrainingError, match="has pictures"):
        write_script(tmp_path / "a.py", run, {})
    assert list(tmp_path.iterdir()) == []
