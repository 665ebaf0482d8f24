"""genstudio states and genstudio score, of sequences."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pytest

from genstudio.applications.windows import window_scores
from genstudio.cli import main
from genstudio.data.files import open_raw
from genstudio.runs.archive import open_session, save_session
from genstudio.runs.snapshot import ask_state, snapshot
from tests.patience import PATIENCE_S

LENGTHS = (40, 25, 35)


def long_form(path: Path) -> Path:
    """Three sequences in long form, mixed up; two rows hold nothing, one lacks a value."""
    random = np.random.default_rng(0)
    rows = [
        [who, step / 10, 4.0 * (step // 5 % 2) + random.normal(), random.normal()]
        for who, length in zip("abc", LENGTHS, strict=True) for step in range(length)
    ]
    order = random.permutation(len(rows))
    with path.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["who", "t", "=x", "y"])
        for i in order:
            writer.writerow([*rows[i][:2], "" if i in (3, 10, 60) else rows[i][2], "" if i in (3, 60) else rows[i][3]])
    return path


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return long_form(tmp_path_factory.mktemp("data") / "long.csv")


@pytest.fixture(scope="module")
def run(data: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A saved run of two states, one of which has a name."""
    folder = tmp_path_factory.mktemp("fitted")
    (folder / "recipe.toml").write_text(
        f'[data]\npath = "{data}"\nkind = "sequences"\nsequence = "who"\ntime = "t"\nscaling = "standard"\n'
        'valid = 0.0\ntest = 0.0\n[model]\nname = "hmm"\nn_components = 2\nn_iter = 5\n'
    )
    path = folder / "run.genstudio"
    assert main(["fit", str(folder / "recipe.toml"), "-o", str(path)]) == 0
    opened = open_session(path)
    found = opened.runs[0]
    found.marks = found.marks.with_name(0, "@low")
    asked = ask_state(found)
    asked.result(PATIENCE_S)
    save_session(path, [snapshot(found, asked)], 0)
    found.job.close()
    return path


def read(path: Path) -> list[dict[str, str]]:
    with path.open(newline="") as file:
        return list(csv.DictReader(file))


def test_names_of_states_stay_with_the_run(run: Path) -> None:
    opened = open_session(run)
    assert opened.runs[0].marks.words(2) == ("@low", "2")
    assert not opened.problems
    opened.runs[0].job.close()


def test_each_row_gets_its_state_and_posteriors(run: Path, data: Path, tmp_path: Path) -> None:
    assert main(["states", str(run), str(data), "-o", str(tmp_path / "out.csv")]) == 0
    assert main(["states", str(run), str(data), "-o", str(tmp_path / "out.npz")]) == 0
    rows = read(tmp_path / "out.csv")
    assert list(rows[0]) == ["sequence", "t", "state", "posterior_@low", "posterior_2"]
    found = np.load(tmp_path / "out.npz")
    words = [row["sequence"] for row in rows]
    assert words == np.repeat(found["sequence"], found["lengths"]).tolist()
    assert sorted(words) == list(np.repeat(list("abc"), LENGTHS))
    np.testing.assert_array_equal([float(row["t"]) for row in rows], found["time"])
    np.testing.assert_array_equal(
        [[float(row["posterior_@low"]), float(row["posterior_2"])] for row in rows], found["posteriors"]
    )
    np.testing.assert_allclose(found["posteriors"].sum(axis=1), 1)
    # A spreadsheet must not take a name for a formula.
    assert [row["state"] for row in rows] == ["'@low" if state == 0 else "2" for state in found["states"]]
    assert set(found["states"].tolist()) == {0, 1}
    opened = open_session(run)
    x, lengths, _ = opened.runs[0].preparation.series(open_raw(data, {}))
    answer = opened.runs[0].job.ask("labelling", x=x, lengths=lengths).result(PATIENCE_S)
    np.testing.assert_array_equal(answer["states"], found["states"])
    opened.runs[0].job.close()


def test_without_a_file_the_run_s_own_rows_are_labelled(run: Path, data: Path, tmp_path: Path) -> None:
    for name, arguments in (("own", []), ("given", [str(data)])):
        assert main(["states", str(run), *arguments, "-o", str(tmp_path / f"{name}.csv")]) == 0
    assert (tmp_path / "own.csv").read_bytes() == (tmp_path / "given.csv").read_bytes()


@pytest.mark.parametrize("window", [1, 7])
def test_scores_are_means_over_windows(run: Path, data: Path, tmp_path: Path, window: int) -> None:
    out = tmp_path / "scores.csv"
    assert main(["score", str(run), str(data), "-o", str(out), "--window", str(window), "--flag", "0.1"]) == 0
    rows = read(out)
    assert list(rows[0]) == ["log_prob", "anomaly_score", "flagged"]
    empty = [i for i, row in enumerate(rows) if not row["log_prob"]]
    assert len(empty) == 2
    assert not any(rows[i]["anomaly_score"] or rows[i]["flagged"] for i in empty)
    opened = open_session(run)
    x, lengths, order = opened.runs[0].preparation.series(open_raw(data, {}))
    steps = opened.runs[0].job.ask("step_log_prob", x=x, lengths=lengths).result(PATIENCE_S)["step_log_prob"]
    opened.runs[0].job.close()
    gaps = np.isnan(x).all(axis=1)
    assert np.isnan(x).any(axis=1).sum() == 3
    scores = window_scores(steps, lengths, window, gaps)
    for place, row in enumerate(order.tolist()):
        if not gaps[place]:
            assert float(rows[row]["log_prob"]) == steps[place]
            assert float(rows[row]["anomaly_score"]) == scores[place]
    flagged = sum(row["flagged"] == "1" for row in rows)
    assert flagged == pytest.approx(0.1 * (len(rows) - 2), abs=1)


@pytest.mark.parametrize(("name", "sentence"), [("out.txt", "End it with .csv or .npz"), ("no/out.csv", "no")])
def test_a_place_that_cannot_be_written_is_told_first(
    run: Path, data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], name: str, sentence: str
) -> None:
    assert main(["states", str(run), str(data), "-o", str(tmp_path / name)]) == 1
    told = capsys.readouterr().err
    assert sentence in told
    assert "Traceback" not in told


def test_a_run_of_rows_knows_no_states(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "moons.toml").write_text('[data]\nsource = "two_moons"\nsamples = 50\n[model]\nname = "gmm"\n')
    assert main(["fit", str(tmp_path / "moons.toml"), "-o", str(tmp_path / "moons.genstudio")]) == 0
    assert main(["states", str(tmp_path / "moons.genstudio"), "-o", str(tmp_path / "out.csv")]) == 1
    assert "did not learn from sequences" in capsys.readouterr().err
