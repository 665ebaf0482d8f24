"""Figures of models of sequences, as the command prints them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from genstudio.cli import main
from genstudio.runs.archive import open_session

RECIPE = """
seed = 2
[data]
path = "FILE"
kind = "sequences"
sequence = "day"
label = "kind"
[model]
name = "MODEL"
n_components = 2
n_iter = 8
"""


def written(path: Path, count: int = 40, seed: int = 0, words: tuple[str, str] = ("calm", "wild")) -> Path:
    """Sequences in long form, of two classes by how far they swing; the classes take turns."""
    rng = np.random.default_rng(seed)
    lines = ["day,kind,u"]
    for day in range(count):
        for value in rng.normal(size=rng.integers(8, 14)) * (1 + 3 * (day % 2)):
            lines.append(f"d{day},{words[day % 2]},{value}")
    path.write_text("\n".join(lines), encoding="utf-8")
    return path


def fitted(folder: Path, model: str) -> Path:
    recipe = RECIPE.replace("FILE", str(written(folder / "days.csv"))).replace("MODEL", model)
    (folder / "recipe.toml").write_text(recipe, encoding="utf-8")
    assert main(["fit", str(folder / "recipe.toml"), "-o", str(folder / "run.genstudio")]) == 0
    return folder / "run.genstudio"


@pytest.fixture(scope="module")
def classes(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A saved run of one HMM a class."""
    return fitted(tmp_path_factory.mktemp("classes"), "hmm_classes")


def figures(capsys: pytest.CaptureFixture[str], *arguments: object) -> dict[str, Any]:
    assert main(["evaluate", *map(str, arguments), "--json"]) == 0
    found: dict[str, Any] = json.loads(capsys.readouterr().out.splitlines()[-1])["metrics"]
    return found


@pytest.mark.parametrize("model", ["hmm", "hmm_classes"])
def test_sequences_have_likelihood_and_criteria(
    model: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = fitted(tmp_path, model)
    found = figures(capsys, path)
    assert set(found) >= {"log_likelihood", "aic", "bic"}
    assert ("accuracy" in found) == (model == "hmm_classes")
    run = open_session(path).runs[0]
    data = run.data
    assert data is not None
    assert data.lengths is not None
    asked = [
        run.job.ask("step_log_prob", x=data.preparation.to_data(x), lengths=lengths).result()["step_log_prob"]
        for x, lengths in ((data.train, data.lengths[0]), (data.test, data.lengths[2]))
    ]
    assert run.job.close()
    assert found["log_likelihood"]["value"] == pytest.approx(asked[1].mean())
    assert (found["log_likelihood"]["n"], found["bic"]["n"]) == (len(data.test), len(data.train))
    free = (found["aic"]["value"] + 2 * asked[0].sum()) / 2
    assert free == pytest.approx(round(free))
    assert found["bic"]["value"] == pytest.approx(free * np.log(len(data.train)) - 2 * asked[0].sum())


def test_errors_are_by_blocks_or_by_sequences(
    classes: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    few = figures(capsys, classes)["log_likelihood"]
    assert few["stderr"] > 0
    assert "blocks" in few["note"]
    many = figures(capsys, classes, written(tmp_path / "more.csv", 60, 1))["log_likelihood"]
    assert "60 sequences" in many["note"]


@pytest.mark.parametrize(
    ("words", "right"), [(("calm", "wild"), True), (("wild", "calm"), False), (("calm", "storm"), None)]
)
def test_classes_of_another_file_go_by_their_words(
    words: tuple[str, str], right: bool | None, classes: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    other = written(tmp_path / "other.csv", 30, 5, words)
    found = figures(capsys, classes, other, "--metrics", "accuracy")["accuracy"]
    assert found["n"] == 30
    if right is None:
        assert found["value"] <= 0.5
        assert "never learned of storm" in found["note"]
    else:
        assert (found["value"] > 0.7) == right


def test_fewer_items_are_whole_sequences(classes: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    other = written(tmp_path / "other.csv", 30, 5)
    found = figures(capsys, classes, other, "--metrics", "accuracy,log_likelihood", "--items", "100")
    assert 2 <= found["accuracy"]["n"] < 30
    assert 50 <= found["log_likelihood"]["n"] <= 100


def test_what_training_reached_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    written(tmp_path / "days.csv")
    recipe = RECIPE.replace("FILE", str(tmp_path / "days.csv")).replace("MODEL", "hmm_classes")
    (tmp_path / "recipe.toml").write_text(recipe, encoding="utf-8")
    assert main(["fit", str(tmp_path / "recipe.toml"), "-o", str(tmp_path / "run.genstudio"), "--json"]) == 0
    told = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert np.isfinite([told["train"]["log_likelihood"], told["valid"]["log_likelihood"]]).all()
