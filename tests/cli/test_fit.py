"""Going on with a run from the command line, and what is kept while it trains."""

from __future__ import annotations

import json
import math
import os
import re
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from genstudio.cli import keeping, main
from genstudio.cli.commands import fit
from genstudio.cli.progress import Bar
from genstudio.models.vae import VariationalAutoencoder
from genstudio.runs.archive import open_session
from genstudio.runs.run import Run
from genstudio.runs.status import Status
from tests.patience import PATIENCE_S

MOONS = """
seed = 3
[data]
source = "two_moons"
samples = 200
[model]
name = "vae"
hidden_features = [8]
[training]
batch_size = 32
steps = 60
"""


@pytest.fixture(autouse=True)
def interruptible() -> Iterator[None]:
    """Ctrl+C means what it means in a terminal.

    What a shell starts in the background inherits that interrupts are ignored, and the tests may be started so.
    """
    former = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, former)


@pytest.fixture
def moons(tmp_path: Path) -> Path:
    path = tmp_path / "moons.toml"
    path.write_text(MOONS, encoding="utf-8")
    return path


def opened(path: Path) -> Run:
    """The run of a file, its job closed."""
    found = open_session(path)
    assert found.problems == []
    return found.runs[0]


def learned(path: Path) -> dict[str, np.ndarray]:
    run = opened(path)
    answer = run.job.ask("learned").result(PATIENCE_S)
    assert run.job.close()
    return answer


def interrupted_at(step: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """As though Ctrl+C were typed once that step is seen."""
    shown, killed = fit._show, list[bool]()

    def interrupting(run: Run, bar: Bar) -> None:
        shown(run, bar)
        if run.history.step >= step and not killed:
            killed.append(True)
            os.kill(os.getpid(), signal.SIGINT)

    monkeypatch.setattr(fit, "_show", interrupting)


def test_an_interrupted_training_goes_on_as_though_it_never_was(
    moons: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    whole, half, out = (tmp_path / f"{name}.genstudio" for name in ("whole", "half", "out"))
    long = ["--set", "training.steps=1500"]
    assert main(["fit", str(moons), "-o", str(whole), *long]) == 0
    with monkeypatch.context() as patch:
        interrupted_at(5, patch)
        assert main(["fit", str(moons), "-o", str(half), *long]) == 1
    assert re.search(r"Stopped after [\d,]+ steps?; what was learned is in", capsys.readouterr().err)
    run = opened(half)
    assert run.job.close()
    assert run.status is Status.STOPPED
    assert 5 <= run.history.step < 1500
    assert main(["fit", str(half), "-o", str(out), "--json"]) == 0
    answer = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert set(answer) == {"run", "model", "steps", "seconds", "items_per_second", "train", "valid"}
    assert (answer["run"], answer["model"], answer["steps"]) == (str(out), "vae", 1500)
    assert answer["seconds"] >= run.seconds > 0
    assert all(math.isfinite(answer[part]["elbo"]) for part in ("train", "valid"))
    one, two = learned(out), learned(whole)
    assert all(np.array_equal(one[name], two[name]) for name in two)


def test_a_finished_run_goes_on_where_a_limit_is_raised(
    moons: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "run.genstudio"
    assert main(["fit", str(moons), "-o", str(out)]) == 0
    assert "nats per item, at least" in capsys.readouterr().out
    assert main(["fit", str(out), "-o", str(out)]) == 1
    assert "raise a limit" in capsys.readouterr().err
    assert main(["fit", str(out), "-o", str(out), "--set", "training.steps=90", "--set", "model.learning_rate=0"]) == 0
    run = opened(out)
    assert run.job.close()
    assert (run.status, run.history.step, run.recipe.training.steps) == (Status.DONE, 90, 90)
    rates = run.history.series("rate")[1]
    assert rates[59] > 0
    assert not rates[60:].any()
    assert (out.with_name("run.genstudio.bak")).exists()


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--set", "data.samples=10"], "`data.samples` cannot change"), (["--set", "seed=1"], "`seed` cannot change"),
        (["--set", "model.latent_dim=3"], "`latent_dim` cannot change while training"),
        (["--set", "training.stepps=3"], "did you mean `steps`"), (["--run", "other"], "no run called `other`"),
    ],
)
def test_what_cannot_change_any_more_is_said(
    moons: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], words: list[str], said: str
) -> None:
    out = tmp_path / "run.genstudio"
    assert main(["fit", str(moons), "-o", str(out), "--set", "training.steps=1"]) == 0
    before = out.read_bytes()
    capsys.readouterr()
    assert main(["fit", str(out), "-o", str(out), "--set", "training.steps=2", *words]) == 1
    assert said in capsys.readouterr().err
    assert out.read_bytes() == before


def test_what_was_learned_is_written_while_training(
    moons: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    out, seen = tmp_path / "run.genstudio", list[tuple[Status, int]]()
    out.write_bytes(b"former")
    monkeypatch.setattr(keeping, "INTERVAL_SECONDS", 0.0)
    kept = keeping.Keeper._keep

    def looking(self: keeping.Keeper, asked: Any) -> None:
        kept(self, asked)
        run = opened(out)
        assert run.job.close()
        seen.append((run.status, run.history.step))
        if len(seen) == 3:
            os.kill(os.getpid(), signal.SIGINT)

    monkeypatch.setattr(keeping.Keeper, "_keep", looking)
    assert main(["fit", str(moons), "-o", str(out), "--set", "training.steps=1000000"]) == 1
    assert {status for status, _ in seen} == {Status.STOPPED}
    steps = [step for _, step in seen]
    assert 0 < steps[0] <= steps[1] <= steps[2] <= opened_step(out)
    assert out.with_name("run.genstudio.bak").read_bytes() == b"former"
    capsys.readouterr()


def opened_step(path: Path) -> int:
    run = opened(path)
    assert run.job.close()
    return run.history.step


def test_a_disk_that_is_full_for_a_while_ends_no_training(
    moons: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(keeping, "INTERVAL_SECONDS", 0.0)

    def full(*arguments: Any, **named: Any) -> None:
        raise keeping.ArchiveError("There is no room.", "Make some.")

    monkeypatch.setattr(keeping, "save_session", full)
    assert main(["fit", str(moons), "-o", str(tmp_path / "run.genstudio"), "--set", "training.steps=400"]) == 0
    assert "Warning: There is no room. Make some." in capsys.readouterr().err
    assert opened_step(tmp_path / "run.genstudio") == 400


def test_a_failed_training_leaves_its_last_good_state(
    moons: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "run.genstudio"
    assert main(["fit", str(moons), "-o", str(out), "--set", "model.learning_rate=1e9", "--set", "model.warmup=0",
                 "--set", "model.schedule=constant"]) == 1
    said = capsys.readouterr().err
    assert "no finite number" in said
    assert [line.startswith("genstudio: ") for line in said.splitlines()][-1:] == [True]
    assert said.count("genstudio: ") == 1
    run = opened(out)
    assert run.status is Status.FAILED
    assert isinstance(run.model, type)
    assert issubclass(run.model, VariationalAutoencoder)
    found = run.job.ask("decode", z=np.zeros((1, 2))).result(PATIENCE_S)
    assert np.isfinite(found["x"]).all()
    assert run.job.close()


def test_of_pictures_a_flow_tells_a_bound(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    recipe, out = tmp_path / "recipe.toml", tmp_path / "out.genstudio"
    recipe.write_text(
        '[data]\nsource = "sklearn_digits"\n[model]\nname = "flow"\n[training]\nsteps = 2\n', encoding="utf-8"
    )
    assert main(["fit", str(recipe), "-o", str(out)]) == 0
    told = capsys.readouterr().out
    assert "nats per item, at least: train " in told
    assert "valid " in told
