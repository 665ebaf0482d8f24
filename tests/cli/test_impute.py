"""genstudio impute, and sample for sequences."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pytest

from genstudio.cli import main

RECIPE = """
seed = 3
[data]
source = "textbook_chain"
samples = 400
[model]
name = "hmm"
n_components = 3
n_iter = 20
"""
MOONS = """
[data]
source = "two_moons"
samples = 100
[model]
name = "gmm"
"""
DATA = "note,x,y\nfirst,0.5,0.5\n,,1.0\nthird,,\n=4,1.0,-0.25\n"


def fitted(folder: Path, recipe: str) -> Path:
    (folder / "recipe.toml").write_text(recipe, encoding="utf-8")
    assert main(["fit", str(folder / "recipe.toml"), "-o", str(folder / "run.genstudio")]) == 0
    return folder / "run.genstudio"


@pytest.fixture(scope="module")
def chain(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A saved run that learned sequences of x and y."""
    return fitted(tmp_path_factory.mktemp("chain"), RECIPE)


@pytest.fixture(scope="module")
def moons(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A saved run that learned rows of a table."""
    return fitted(tmp_path_factory.mktemp("moons"), MOONS)


@pytest.fixture
def data(tmp_path: Path) -> Path:
    path = tmp_path / "data.csv"
    path.write_text(DATA, encoding="utf-8")
    return path


def rows(path: Path) -> list[list[str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.reader(file))


class TestImpute:
    def test_the_file_comes_back_with_its_gaps_filled(
        self, chain: Path, data: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        out = data.with_name("out.csv")
        assert main(["impute", str(chain), str(data), "-o", str(out)]) == 0
        found = rows(out)
        assert found[0] == ["note", "x", "y"]
        assert [row[0] for row in found[1:]] == ["first", "", "third", "'=4"]
        assert (found[1][1:], found[4][1:], found[2][2]) == (["0.5", "0.5"], ["1.0", "-0.25"], "1.0")
        assert all(np.isfinite(float(cell)) for row in found[1:] for cell in row[1:])
        assert "3 missing values were filled" in capsys.readouterr().err
        again = data.with_name("again.csv")
        assert main(["impute", str(chain), str(data), "-o", str(again)]) == 0
        assert again.read_bytes() == out.read_bytes()
        assert main(["impute", str(chain), str(data), "--seed", "1", "-o", str(again)]) == 0
        assert again.read_bytes() != out.read_bytes()

    def test_several_draws(self, chain: Path, data: Path) -> None:
        out = data.with_name("out.csv")
        assert main(["impute", str(chain), str(data), "--draws", "30", "-o", str(out)]) == 0
        found = rows(out)
        assert found[0] == ["draw", "note", "x", "y"]
        assert [row[0] for row in found[1:]] == [str(k + 1) for k in range(30) for _ in range(4)]
        assert len({row[3] for row in found[3::4]}) == 30
        assert main(["impute", str(chain), str(data), "--draws", "30", "-o", str(data.with_name("out.npz"))]) == 0
        with np.load(data.with_name("out.npz")) as arrays:
            assert arrays["x"].shape == (30, 4, 2)
            assert arrays["filled"].sum() == 3
            assert [repr(value) for value in arrays["x"][:, 2, 0].tolist()] == [row[2] for row in found[3::4]]

    def test_nothing_is_missing(self, chain: Path, data: Path, capsys: pytest.CaptureFixture[str]) -> None:
        data.write_text("x,y\n1,2\n3,4\n", encoding="utf-8")
        assert main(["impute", str(chain), str(data), "-o", str(data.with_name("out.csv"))]) == 0
        assert "nothing is missing" in capsys.readouterr().err

    def test_what_cannot_be_done(
        self, chain: Path, moons: Path, data: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        for words, status, said in (
            ([str(moons), str(data), "-o", "o.csv"], 1, "Gaussian mixture cannot fill gaps."),
            ([str(chain), str(data), "-o", "o.xlsx"], 1, "End it with .csv or .npz"),
            ([str(chain), str(data.with_name("no.csv")), "-o", "o.csv"], 1, "no.csv"),
            ([str(chain), str(data), "--draws", "0", "-o", "o.csv"], 2, "not within"),
        ):
            assert main(["impute", *words]) == status
            assert said in capsys.readouterr().err
        data.write_text("x\n1\n", encoding="utf-8")
        assert main(["impute", str(chain), str(data), "-o", "o.csv"]) == 1
        assert "no column `y`" in capsys.readouterr().err


class TestSampleSequences:
    def test_one_sequence_or_several(self, chain: Path, tmp_path: Path) -> None:
        out = tmp_path / "s.csv"
        assert main(["sample", str(chain), "-n", "50", "-o", str(out)]) == 0
        found = rows(out)
        assert found[0] == ["sequence", "step", "x", "y", "state"]
        assert [row[:2] for row in found[1:]] == [["1", str(k + 1)] for k in range(50)]
        assert {row[4] for row in found[1:]} <= {"1", "2", "3"}
        assert main(["sample", str(chain), "--sequences", "4", "--length", "6", "-o", str(out)]) == 0
        assert [row[:2] for row in rows(out)[1:]] == [[str(s + 1), str(k + 1)] for s in range(4) for k in range(6)]
        assert main(["sample", str(chain), "--sequences", "4", "--length", "6", "-o", str(tmp_path / "s.npz")]) == 0
        with np.load(tmp_path / "s.npz") as arrays:
            assert arrays["lengths"].tolist() == [6] * 4
            assert [repr(value) for value in arrays["x"][:, 0].tolist()] == [row[2] for row in rows(out)[1:]]
        # What was written reads as sequences again, of which the same run can be asked.
        assert main(["impute", str(chain), str(out), "-o", str(tmp_path / "i.csv")]) == 0

    def test_the_temperature_narrows_what_states_show(self, chain: Path, tmp_path: Path) -> None:
        out = tmp_path / "s.csv"
        assert main(["sample", str(chain), "-n", "50", "--temperature", "0", "-o", str(out)]) == 0
        assert len({(row[2], row[3]) for row in rows(out)[1:]}) <= 3

    @pytest.mark.parametrize(
        ("words", "status", "said"),
        [
            (["--sequences", "4"], 1, "not clear"), (["-n", "5", "--length", "4"], 1, "not clear"),
            (["-n", "5", "--sequences", "2"], 2, "not allowed"), (["--length", "4"], 2, "required"),
            (["-n", "5", "--class", "a"], 1, "one way only"), (["-n", "5", "--set", "steps=3"], 1, "one way only"),
        ],
    )
    def test_wrong_words(
        self, chain: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], words: list[str], status: int, said: str
    ) -> None:
        assert main(["sample", str(chain), *words, "-o", str(tmp_path / "s.csv")]) == status
        assert said in capsys.readouterr().err
        assert not (tmp_path / "s.csv").exists()

    def test_tables_have_no_sequences(self, moons: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
        for words in (["--sequences", "4", "--length", "3"], ["-n", "3", "--length", "3"]):
            assert main(["sample", str(moons), *words, "-o", str(tmp_path / "s.csv")]) == 1
            assert "did not learn from sequences" in capsys.readouterr().err
