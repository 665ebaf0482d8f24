"""The commands on runs that learned pictures, or that know no more than a bound of their likelihood."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from genstudio.cli import main

DIGITS = """
seed = 1
[data]
source = "sklearn_digits"
[model]
name = "vae"
conditional = true
hidden_features = [16]
channels = [4, 8]
[training]
steps = 30
"""
MOONS = """
seed = 1
[data]
source = "two_moons"
samples = 200
[model]
name = "ladder_vae"
latent_dims = [3, 2]
hidden_features = [16]
[training]
steps = 30
"""


def fitted(folder: Path, name: str, recipe: str) -> Path:
    (folder / f"{name}.toml").write_text(recipe, encoding="utf-8")
    assert main(["fit", str(folder / f"{name}.toml"), "-o", str(folder / f"{name}.genstudio")]) == 0
    return folder / f"{name}.genstudio"


@pytest.fixture(scope="module")
def digits(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A saved run of small pictures of digits, by class."""
    return fitted(tmp_path_factory.mktemp("digits"), "digits", DIGITS)


@pytest.fixture(scope="module")
def moons(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A saved run of a table whose likelihood is only bounded."""
    return fitted(tmp_path_factory.mktemp("moons"), "moons", MOONS)


def figures(capsys: pytest.CaptureFixture[str], *words: str) -> dict[str, Any]:
    assert main([*words, "--json"]) == 0
    found: dict[str, Any] = json.loads(capsys.readouterr().out.splitlines()[-1])["metrics"]
    return found


def table(path: Path) -> list[list[str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.reader(file))


class TestSample:
    def test_a_mosaic(self, digits: Path, tmp_path: Path) -> None:
        assert main(["sample", str(digits), "-n", "64", "-o", str(tmp_path / "out.png")]) == 0
        with Image.open(tmp_path / "out.png") as picture:
            assert picture.width == picture.height >= 8 * 8

    def test_arrays_of_a_class_and_a_temperature(self, digits: Path, tmp_path: Path) -> None:
        found = {}
        for name, words in {
            "plain": [], "three": ["--class", "3"], "again": ["--class", "3"],
            "cold": ["--class", "3", "--temperature", "0"],
        }.items():
            assert main(["sample", str(digits), "-n", "5", *words, "-o", str(tmp_path / f"{name}.npz")]) == 0
            with np.load(tmp_path / f"{name}.npz") as arrays:
                found[name] = arrays["x"]
        assert found["plain"].shape == (5, 1, 8, 8)
        assert 0 <= found["plain"].min() <= found["plain"].max() <= 1
        np.testing.assert_array_equal(found["three"], found["again"])
        assert not np.array_equal(found["plain"], found["three"])
        assert np.allclose(found["cold"], found["cold"][:1])

    @pytest.mark.parametrize(
        ("words", "status", "said"),
        [
            (["-o", "s.csv"], 1, "End it with .png, .zip or .npz"),
            (["--class", "33", "-o", "s.png"], 1, "knows no class `33` (did you mean `3`?)"),
            (["--temperature", "-1", "-o", "s.png"], 2, "not within 0 and 100"),
            (["--temperature", "nan", "-o", "s.png"], 2, "not within"),
        ],
    )
    def test_wrong_words(
        self, digits: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch,
        words: list[str], status: int, said: str,
    ) -> None:
        monkeypatch.chdir(tmp_path)
        assert main(["sample", str(digits), "-n", "5", *words]) == status
        assert said in capsys.readouterr().err
        assert list(tmp_path.iterdir()) == []

    def test_classes_that_were_not_learned(
        self, moons: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        assert main(["sample", str(moons), "-n", "5", "--class", "0", "-o", str(tmp_path / "s.csv")]) == 1
        assert "did not learn classes apart" in capsys.readouterr().err


class TestScore:
    def test_rows_get_a_bound(self, moons: Path, tmp_path: Path) -> None:
        drawn, scored = tmp_path / "drawn.csv", tmp_path / "scored.csv"
        assert main(["sample", str(moons), "-n", "20", "-o", str(drawn)]) == 0
        assert main(["score", str(moons), str(drawn), "-o", str(scored)]) == 0
        found = table(scored)
        assert found[0] == ["log_prob_bound", "anomaly_score"]
        assert len(found) == 21
        assert all(float(bound) == -float(score) for bound, score in found[1:])

    @pytest.mark.parametrize("kind", ["folder", "npz"])
    def test_pictures_get_a_bound(self, digits: Path, tmp_path: Path, kind: str) -> None:
        data = tmp_path / "noise"
        noise = np.random.default_rng(0).integers(0, 256, (6, 8, 8), np.uint8)
        if kind == "folder":
            data.mkdir()
            for place, pixels in enumerate(noise):
                Image.fromarray(pixels).save(data / f"{place}.png")
        else:
            data = data.with_suffix(".npz")
            np.savez(data, x=noise)
        assert main(["score", str(digits), str(data), "-o", str(tmp_path / "scores.csv"), "--flag", "0.5"]) == 0
        found = table(tmp_path / "scores.csv")
        assert found[0] == ["log_prob_bound", "anomaly_score", "flagged"]
        assert len(found) == 7
        assert all(np.isfinite(float(row[0])) for row in found[1:])
        assert [row[2] for row in found[1:]].count("1") == 3


class TestEvaluate:
    def test_more_draws_bound_more_closely(self, digits: Path, capsys: pytest.CaptureFixture[str]) -> None:
        words = ["evaluate", str(digits), "--metrics", "elbo,iwae", "--items", "100"]
        few, many = (figures(capsys, *words, "--draws", str(k)) for k in (1, 200))
        assert set(many) == {"elbo", "iwae"}
        assert {figure["n"] for figure in many.values()} == {100}
        assert all(figure["stderr"] > 0 for figure in many.values())
        assert few["iwae"]["value"] < many["iwae"]["value"]
        assert few["elbo"] == many["elbo"]

    def test_made_pictures_beside_real_ones(self, digits: Path, capsys: pytest.CaptureFixture[str]) -> None:
        words = ["evaluate", str(digits), "--metrics", "fid", "--features", "pca", "--items", "60"]
        found = figures(capsys, *words)["fid"]
        assert (found["n"], found["better"]) == (60, "lower")
        assert found["value"] > found["ideal"] > 0
        assert found["stderr"] > 0
        assert "principal components" in found["note"]

    def test_the_terms_add_up(self, moons: Path, capsys: pytest.CaptureFixture[str]) -> None:
        found = {key: figure["value"] for key, figure in figures(capsys, "evaluate", str(moons)).items()}
        assert {"elbo", "iwae", "reconstruction", "kl", "active_units", "bits_per_dim"} <= set(found)
        assert found["elbo"] == pytest.approx(found["reconstruction"] - found["kl"], rel=1e-6)
        assert found["elbo"] < found["iwae"]
        assert found["bits_per_dim"] == pytest.approx(-found["iwae"] / (2 * np.log(2)), rel=1e-6)
        assert "log_likelihood" not in found

    def test_what_cannot_be_measured_is_said(self, digits: Path, capsys: pytest.CaptureFixture[str]) -> None:
        for key, said in (("log_likelihood", "does not know its density exactly"), ("bits_per_dim", "logistic")):
            assert main(["evaluate", str(digits), "--metrics", key]) == 1
            assert said in capsys.readouterr().err


def test_models_and_metrics_of_bounds_are_listed(capsys: pytest.CaptureFixture[str]) -> None:
    for kind, wanted in (("models", {"vae", "ladder_vae"}), ("metrics", {"elbo", "iwae", "kl", "bits_per_dim"})):
        assert main(["list", kind, "--json"]) == 0
        listed = json.loads(capsys.readouterr().out.splitlines()[-1])[kind]
        assert wanted <= {entry["key"] for entry in listed}
