from __future__ import annotations

import csv
import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from genstudio.cli import main, words
from genstudio.cli.commands import fit
from genstudio.cli.progress import Bar
from genstudio.cli.words import assignment
from genstudio.models.registry import models
from genstudio.runs.archive import open_session
from genstudio.runs.job import Status
from genstudio.runs.run import Run
from tests.patience import PATIENCE_S
from tests.steered import Steerable

ROOT = Path(__file__).parent.parent
MOONS = """
seed = 3
[data]
source = "two_moons"
samples = 300
scaling = "standard"
[model]
name = "gmm"
n_components = 4
"""
POINTS = "x,y\n0.5,0.5\n,1.0\n1.0,-0.25\n100,100\n"


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A saved run of two moons."""
    folder = tmp_path_factory.mktemp("fitted")
    (folder / "moons.toml").write_text(MOONS, encoding="utf-8")
    assert main(["fit", str(folder / "moons.toml"), "-o", str(folder / "run.genstudio")]) == 0
    return folder / "run.genstudio"


@pytest.fixture
def steered(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A saved run of a model that is asked in several ways."""
    monkeypatch.setitem(models(), "steerable", Steerable)
    recipe = MOONS.replace('"gmm"\nn_components = 4', '"steerable"').replace('"standard"', '"none"')
    (tmp_path / "steered.toml").write_text(recipe, encoding="utf-8")
    assert main(["fit", str(tmp_path / "steered.toml"), "-o", str(tmp_path / "steered.genstudio")]) == 0
    return tmp_path / "steered.genstudio"


@pytest.fixture
def moons(tmp_path: Path) -> Path:
    path = tmp_path / "moons.toml"
    path.write_text(MOONS, encoding="utf-8")
    return path


def last_line(capsys: pytest.CaptureFixture[str]) -> Any:
    return json.loads(capsys.readouterr().out.splitlines()[-1])


def rows(path: Path) -> list[list[str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.reader(file))


def python(*arguments: str, **keywords: Any) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *arguments], cwd=ROOT, capture_output=True, text=True, check=False, **keywords
    )


class TestFit:
    def test_ends_with_one_json_object(
        self, moons: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        out = tmp_path / "run.genstudio"
        changes = ["--set", "model.n_components=5", "--set", "model.init_params=random"]
        assert main(["fit", str(moons), "-o", str(out), *changes, "--json"]) == 0
        answer = last_line(capsys)
        assert set(answer) == {"run", "model", "steps", "seconds", "items_per_second", "train", "valid"}
        assert (answer["run"], answer["model"]) == (str(out), "gmm")
        assert answer["steps"] >= 1
        assert answer["items_per_second"] > 0
        opened = open_session(out)
        saved = opened.runs[0]
        assert saved.recipe.model.settings["n_components"] == 5
        assert saved.recipe.model.settings["init_params"] == "random"
        exact = saved.job.ask("likelihoods").result(PATIENCE_S)
        saved.job.close()
        for part in ("train", "valid"):
            assert answer[part] == {"log_likelihood": pytest.approx(float(exact[part]), rel=1e-12)}

    def test_the_same_recipe_gives_the_same_numbers(
        self, moons: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        answers = []
        for name in ("a", "b"):
            assert main(["fit", str(moons), "-o", str(tmp_path / name), "--json"]) == 0
            answers.append(last_line(capsys)["train"])
        assert answers[0] == answers[1]

    @pytest.mark.parametrize("data", ['source = "sklearn_digits"', 'path = "pictures"'])
    def test_pictures_are_learned_from(self, tmp_path: Path, data: str) -> None:
        for i in range(20):
            (tmp_path / "pictures" / str(i % 2)).mkdir(parents=True, exist_ok=True)
            Image.fromarray(np.full((8, 8), i, np.uint8)).save(tmp_path / "pictures" / str(i % 2) / f"{i}.png")
        recipe = tmp_path / "recipe.toml"
        recipe.write_text(f'[data]\n{data}\nclasses = ["1"]\n[model]\nname = "vae"\n[training]\nsteps = 1\n')
        assert main(["fit", str(recipe), "-o", str(tmp_path / "run.genstudio")]) == 0
        run = open_session(tmp_path / "run.genstudio").runs[0]
        run.job.close()
        assert run.data is not None
        assert run.data.train.shape[1:] == (1, 8, 8)
        assert run.data.labels is not None
        assert run.data.labels.levels == ("1",)

    def test_a_file_typed_here_lies_here(
        self, moons: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        here = tmp_path / "here"
        here.mkdir()
        np.savetxt(here / "points.csv", np.random.default_rng(0).normal(size=(50, 2)), delimiter=",", header="a,b",
                   comments="")
        monkeypatch.chdir(here)
        assert main(["fit", str(moons), "-o", "run.genstudio", "--set", "data.path=points.csv"]) == 0
        assert "4 components" not in capsys.readouterr().err
        opened = open_session(here / "run.genstudio")
        opened.runs[0].job.close()
        assert opened.runs[0].table is not None
        assert opened.runs[0].preparation.names == ("a", "b")

    @pytest.mark.parametrize(
        ("words", "said"),
        [
            (["--set", "model.n_componets=3"], "did you mean `n_components`"),
            (["--set", "training.steps=0"], "`steps`"),
            (["--set", "data.source=two_moon"], "did you mean `two_moons`"),
            (["--set", "data.path=nowhere.csv"], "nowhere.csv"),
            (["--set", "model.n_components=5000"], "5000 components cannot be learned"),
        ],
    )
    def test_faults_are_one_line(
        self, moons: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], words: list[str], said: str
    ) -> None:
        out = tmp_path / "run.genstudio"
        assert main(["fit", str(moons), "-o", str(out), *words]) == 1
        captured = capsys.readouterr()
        assert said in captured.err
        assert captured.err.count("\n") == 1
        assert captured.out == ""
        assert not out.exists()

    @pytest.mark.parametrize("out", ["nowhere/run.genstudio", "."])
    def test_a_place_that_cannot_be_written_is_said_before_training(
        self, moons: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, out: str
    ) -> None:
        monkeypatch.setattr(fit, "load_raw", None)
        assert main(["fit", str(moons), "-o", str(tmp_path / out)]) == 1
        assert "Save as" in capsys.readouterr().err

    def test_an_interrupted_training_keeps_what_was_learned(
        self, moons: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        shown, killed = fit._show, []

        def interrupting(run: Run, bar: Bar) -> None:
            shown(run, bar)
            if run.history.step >= 3 and not killed:
                killed.append(True)
                os.kill(os.getpid(), signal.SIGTERM)

        monkeypatch.setattr(fit, "_show", interrupting)
        out = tmp_path / "run.genstudio"
        endless = ["--set", "model.tol=0", "--set", "model.max_iter=1000000"]
        assert main(["fit", str(moons), "-o", str(out), *endless]) == 1
        assert re.search(r"Stopped after [\d,]+ steps; what was learned is in", capsys.readouterr().err)
        opened = open_session(out)
        opened.runs[0].job.close()
        assert opened.runs[0].status is Status.STOPPED
        assert opened.runs[0].history.step >= 3
        assert signal.getsignal(signal.SIGTERM) is signal.SIG_DFL


class TestSample:
    def test_csv_and_npz_hold_the_same_rows(self, run: Path, tmp_path: Path) -> None:
        for name in ("s.csv", "s.npz"):
            assert main(["sample", str(run), "-n", "20", "--seed", "7", "-o", str(tmp_path / name)]) == 0
        table = rows(tmp_path / "s.csv")
        assert table[0] == ["x", "y", "component"]
        with np.load(tmp_path / "s.npz") as arrays:
            assert np.array_equal(np.array(table[1:], float)[:, :2], arrays["x"])
            assert arrays["component"].tolist() == [int(row[2]) for row in table[1:]]
        assert main(["sample", str(run), "-n", "20", "--seed", "8", "-o", str(tmp_path / "t.csv")]) == 0
        assert rows(tmp_path / "t.csv") != table

    def test_how_to_draw_is_set(self, steered: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
        command = ["sample", str(steered), "-n", "5", "-o", str(tmp_path / "s.npz")]
        for chosen, radius in (([], 8.0), (["--set", "steps=3", "--set", "solver=euler"], 3.0)):
            assert main([*command, *chosen]) == 0
            with np.load(tmp_path / "s.npz") as arrays:
                np.testing.assert_allclose(np.linalg.norm(arrays["x"], axis=1), radius)
        for word, said in (("step=3", "did you mean `steps`"), ("steps=0", "`steps`"), ("solver=best", "`solver`")):
            assert main([*command, "--set", word]) == 1
            assert said in capsys.readouterr().err
        assert main([*command, "--set", "steps"]) == 2

    @pytest.mark.parametrize(
        ("words", "status", "said"),
        [
            (["-n", "5", "--set", "steps=3", "-o", "s.csv"], 1, "draws in one way only"),
            (["-n", "0", "-o", "s.csv"], 2, "not within"), (["-n", "x", "-o", "s.csv"], 2, "invalid whole number"),
            (["-n", "5"], 2, "required"), (["-n", "5", "-o", "s.xlsx"], 1, "End it with .csv or .npz"),
            (["-n", "5", "-o", "s.csv", "--run", "other"], 1, "no run called `other`"),
            (["-n", "5", "--seed", "-1", "-o", "s.csv"], 2, "not within"),
        ],
    )
    def test_wrong_words(
        self, run: Path, capsys: pytest.CaptureFixture[str], words: list[str], status: int, said: str
    ) -> None:
        assert main(["sample", str(run), *words]) == status
        assert said in capsys.readouterr().err


class TestScore:
    def test_rows_stay_in_order_and_those_without_values_are_empty(
        self, run: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        data, out = tmp_path / "points.csv", tmp_path / "scores.csv"
        data.write_text(POINTS, encoding="utf-8")
        assert main(["score", str(run), str(data), "-o", str(out), "--flag", "0.4"]) == 0
        table = rows(out)
        assert table[0] == ["log_prob", "anomaly_score", "flagged"]
        assert table[2] == ["", "", ""]
        scored = [row for row in table[1:] if row[0]]
        assert all(float(row[0]) == -float(row[1]) for row in scored)
        assert [row[2] for row in scored] == ["0", "0", "1"]
        assert "1 of 4 rows lack a value" in capsys.readouterr().err
        assert main(["score", str(run), str(data), "-o", str(out)]) == 0
        assert rows(out)[0] == ["log_prob", "anomaly_score"]

    def test_reading_can_be_told(self, run: Path, tmp_path: Path) -> None:
        data, out = tmp_path / "points.txt", tmp_path / "scores.csv"
        data.write_text("x|y\n0,5|0,5\n1,0|-0,25\n", encoding="utf-8")
        words = ["--set", "separator=|", "--set", "decimal=,"]
        assert main(["score", str(run), str(data), "-o", str(out), *words]) == 0
        assert len(rows(out)) == 3

    @pytest.mark.parametrize(
        ("content", "said"),
        [
            ("a,b\n1,2\n", "no column `x`"), ("x,y\n,1\n,2\n", "No row of"),
            ("x,y\nred,1\nblue,2\nred,3\n", "holds words"),
        ],
    )
    def test_other_files(
        self, run: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], content: str, said: str
    ) -> None:
        data = tmp_path / "points.csv"
        data.write_text(content, encoding="utf-8")
        assert main(["score", str(run), str(data), "-o", str(tmp_path / "scores.csv")]) == 1
        assert said in capsys.readouterr().err


class TestEvaluate:
    def test_figures_with_their_errors(self, run: Path, capsys: pytest.CaptureFixture[str]) -> None:
        assert main(["evaluate", str(run), "--json", "--metrics", "log_likelihood,bic"]) == 0
        figures = last_line(capsys)["metrics"]
        assert set(figures) == {"log_likelihood", "bic"}
        assert all(set(figure) >= {"value", "stderr", "n", "unit", "better"} for figure in figures.values())
        assert figures["bic"]["stderr"] is None
        assert figures["log_likelihood"]["n"] == 60
        assert figures["log_likelihood"]["stderr"] > 0

    def test_other_rows(self, run: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
        data = tmp_path / "points.csv"
        data.write_text(POINTS, encoding="utf-8")
        assert main(["evaluate", str(run), str(data), "--json", "--metrics", "log_likelihood"]) == 0
        assert last_line(capsys)["metrics"]["log_likelihood"]["n"] == 3

    def test_samples_are_compared_by_as_many_neighbours_as_are_asked_for(
        self, run: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        found = {}
        for more in ([], ["--neighbours", "12"]):
            keys = "precision,recall,density,coverage"
            assert main(["evaluate", str(run), "--json", "--metrics", keys, *more]) == 0
            found[len(more)] = last_line(capsys)["metrics"]
        assert list(found[0]) == ["precision", "recall", "density", "coverage"]
        assert all(figure["value"] > 0 and figure["n"] == 60 for figure in found[0].values())
        assert found[2]["recall"]["value"] >= found[0]["recall"]["value"]
        assert "12 nearest" in found[2]["recall"]["note"]

    def test_a_table_for_people(self, run: Path, capsys: pytest.CaptureFixture[str]) -> None:
        assert main(["evaluate", str(run), "--metrics", "log_likelihood"]) == 0
        assert re.fullmatch(r"log_likelihood  -[\d.]+ ± [\d.e-]+ nats.*\(n = 60\)\n", capsys.readouterr().out)

    def test_unknown_metrics(self, run: Path, capsys: pytest.CaptureFixture[str]) -> None:
        assert main(["evaluate", str(run), "--metrics", "log_likelyhood"]) == 1
        assert "did you mean `log_likelihood`" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("kind", "key"), [("models", "kde"), ("data", "two_moons"), ("data", "digits"), ("metrics", "bic")]
)
def test_list(capsys: pytest.CaptureFixture[str], kind: str, key: str) -> None:
    assert main(["list", kind, "--json"]) == 0
    listed = last_line(capsys)[kind]
    assert key in [entry["key"] for entry in listed]
    assert all(entry["title"] and entry["summary"] for entry in listed)
    assert main(["list", kind]) == 0
    assert len(capsys.readouterr().out.splitlines()) == len(listed)


@pytest.mark.parametrize(
    ("words", "status", "said"),
    [
        (["list"], 2, "required"), (["list", "dogs"], 2, "invalid choice"), (["--nonsense"], 2, "usage"),
        (["fti"], 2, "no command called `fti`"), (["fit", "nowhere.toml", "-o", "a"], 1, "nowhere.toml"),
        (["fit", "r.toml", "-o", "a", "--set", "x"], 2, "NAME=VALUE"),
        (["sample", "nowhere.genstudio", "-n", "1", "-o", "a.csv"], 1, "nowhere.genstudio"),
        (["evaluate", str(ROOT / "pyproject.toml")], 1, "not a GenStudio file"),
    ],
)
def test_wrong_usage(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], words: Sequence[str],
    status: int, said: str,
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(words) == status
    captured = capsys.readouterr()
    assert said in captured.err
    assert captured.out == ""
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("a.b=5", 5), ("a.b=1e-3", 1e-3), ("a.b=full", "full"), ("a.b='5'", "5"), ("a.b=[1, 2]", [1, 2]),
        ("a.b=true", True), ("a.b=x=y", "x=y"), ("a.b=", ""), ("a.b=1\nc=2", "1\nc=2"), ("a.b=|", "|"),
    ],
)
def test_values_are_those_of_toml(text: str, value: Any) -> None:
    assert assignment(text) == ("a.b", value)


def test_faults_of_ours_are_one_line_with_a_traceback_on_demand(
    moons: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise ZeroDivisionError("ouch")

    monkeypatch.setattr(fit, "prepare", broken)
    words = ["fit", str(moons), "-o", str(tmp_path / "a")]
    assert main(words) == 1
    assert capsys.readouterr().err == (
        "genstudio: Something went wrong inside the program (ZeroDivisionError: ouch). --debug shows where.\n"
    )
    assert main([*words, "--debug"]) == 1
    assert "Traceback" in capsys.readouterr().err


def test_ctrl_c_gives_the_question_up(
    run: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(words, "wait", interrupted)
    assert main(["sample", str(run), "-n", "5", "-o", str(tmp_path / "s.csv")]) == 1
    assert capsys.readouterr().err == "genstudio: Stopped.\n"
    assert list(tmp_path.iterdir()) == []


class Terminal:
    """Something that looks like a screen, and what was written on it."""

    def __init__(self, terminal: bool) -> None:
        self.text, self._terminal = "", terminal

    def isatty(self) -> bool:
        return self._terminal

    def write(self, text: str) -> None:
        self.text += text

    def flush(self) -> None:
        pass


def test_a_bar_where_somebody_watches() -> None:
    screen = Terminal(True)
    bar = Bar(screen)  # type: ignore[arg-type]
    bar.watch(0.5, "Reading")
    bar.watch(0.6, "Reading")  # too soon to draw again
    bar.clear()
    assert screen.text == "\r\x1b[K" + "█" * 12 + "░" * 12 + " Reading 50%\r\x1b[K"


def test_a_line_now_and_then_elsewhere(monkeypatch: pytest.MonkeyPatch) -> None:
    log, now = Terminal(False), [0.0]
    monkeypatch.setattr("genstudio.cli.progress.time.monotonic", lambda: now[0])
    bar = Bar(log)  # type: ignore[arg-type]
    for second in range(35):
        now[0] = float(second)
        bar.show("Training", None, f"step {second}")
    bar.clear()
    assert log.text == "Training step 2\nTraining step 12\nTraining step 22\nTraining step 32\n"


UNWANTED = "import sys; from genstudio.cli import main; main({words!r}); print(*sys.modules, file=sys.stderr)"


@pytest.mark.parametrize("words", [["--help"], ["list", "data"]])
def test_commands_never_load_the_window(words: list[str]) -> None:
    done = python("-c", UNWANTED.format(words=words))
    assert done.returncode == 0, done.stderr
    assert not {"PySide6", "pyqtgraph", "genstudio.ui"} & set(done.stderr.split())


def test_the_way_to_the_window_loads_nothing_heavy() -> None:
    done = python("-c", UNWANTED.format(words=["fti"]))
    assert not {"numpy", "pandas", "sklearn", "pydantic"} & set(done.stderr.split())


def test_without_a_display_there_is_one_sentence() -> None:
    environment = {k: v for k, v in os.environ.items() if k not in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")}
    done = python("-m", "genstudio", env=environment)
    assert done.returncode == 1
    assert done.stderr.startswith("genstudio: There is no display")
    assert done.stderr.count("\n") == 1


def test_threads_are_bound_before_numpy_unless_somebody_chose() -> None:
    show = "import genstudio.cli, os, sys; print(os.environ['OPENBLAS_NUM_THREADS'], 'numpy' in sys.modules)"
    environment = {k: v for k, v in os.environ.items() if not k.endswith("_NUM_THREADS")}
    assert python("-c", show, env=environment).stdout == "1 False\n"
    assert python("-c", show, env={**environment, "OPENBLAS_NUM_THREADS": "2"}).stdout == "2 False\n"


def test_a_reader_that_goes_away_is_no_fault() -> None:
    process = subprocess.Popen(
        [sys.executable, "-m", "genstudio", "list", "data"], cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    with process:
        assert process.stdout is not None
        process.stdout.close()
        _, said = process.communicate(timeout=PATIENCE_S)
    assert said == b""
