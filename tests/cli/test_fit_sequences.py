"""Sequences from the command line: built-in, from files in long form, and from NPZ with a split of their own."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from genstudio.cli import main
from genstudio.data.dataset import Dataset
from genstudio.data.sequences import Sequences
from genstudio.runs.archive import open_session
from genstudio.runs.run import Run

SHORT = '[model]\nname = "hmm"\nn_components = 2\nn_iter = 3\nn_init = 1\n'


def recipe(folder: Path, **data: Any) -> Path:
    path = folder / "recipe.toml"
    lines = [f"{key} = {json.dumps(value)}" for key, value in data.items()]
    path.write_text("\n".join(["seed = 1", "[data]", *lines, SHORT]), encoding="utf-8")
    return path


def fitted(path: Path, capsys: pytest.CaptureFixture[str], *more: str) -> tuple[Run, dict[str, Any]]:
    out = path.with_name("out.genstudio")
    assert main(["fit", str(path), "-o", str(out), "--json", *more]) == 0
    answer = json.loads(capsys.readouterr().out.splitlines()[-1])
    opened = open_session(out)
    assert opened.problems == []
    assert opened.runs[0].job.close()
    return opened.runs[0], answer


def prepared(run: Run) -> tuple[Dataset, list[list[int]]]:
    assert run.data is not None
    assert run.data.lengths is not None
    return run.data, [lengths.tolist() for lengths in run.data.lengths]


def long_form(folder: Path) -> Path:
    """Two sequences of 30 and 20 rows, mixed up, with a word that says which rows train."""
    rng = np.random.default_rng(0)
    rows = [
        f"{who},{step},{'test' if who == 'b' else 'train'},{rng.normal():.6f},{rng.normal():.6f}"
        for who, n in (("a", 30), ("b", 20)) for step in range(n)
    ]
    path = folder / "long.csv"
    path.write_text("\n".join(["who,step,set,x,y", *(rows[i] for i in rng.permutation(len(rows)))]), encoding="utf-8")
    return path


def test_the_textbook_chain_is_fitted_told_and_opened_again(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run, answer = fitted(recipe(tmp_path, source="textbook_chain", samples=200), capsys)
    assert prepared(run)[1] == [[140], [20], [40]]
    assert all(math.isfinite(answer[part]["log_likelihood"]) for part in ("train", "valid"))
    assert isinstance(run.raw, Sequences)


def test_a_long_form_is_told_by_its_columns(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = str(long_form(tmp_path))
    order = {"kind": "sequences", "sequence": "who", "time": "step"}
    run, _ = fitted(recipe(tmp_path, path=path, **order, columns=["x", "y"], valid=0.1, test=0.2), capsys)
    data, lengths = prepared(run)
    assert [sorted(part) for part in lengths] == [[14, 21], [2, 3], [4, 6]]
    assert data.preparation.names == ("x", "y")
    # The same by words typed behind a recipe that knows nothing of time.
    typed = [word for name, value in order.items() for word in ("--set", f"data.{name}={value}")]
    again, _ = fitted(recipe(tmp_path, path=path, columns=["x", "y"]), capsys, *typed)
    assert prepared(again)[1] == lengths
    np.testing.assert_array_equal(prepared(again)[0].train, data.train)


def test_a_column_says_which_rows_train(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    chosen = {"kind": "sequences", "sequence": "who", "time": "step", "split": "set", "valid": 0.0}
    run, answer = fitted(recipe(tmp_path, path=str(long_form(tmp_path)), **chosen), capsys)
    assert prepared(run)[1] == [[30], [], [20]]
    assert answer["valid"] == {}


def test_npz_with_lengths_brings_classes_and_split(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rng = np.random.default_rng(0)
    lengths = np.array([5, 7, 4, 6, 5, 8])
    np.savez(
        tmp_path / "words.npz", X=rng.normal(size=(6, 8, 3)), length=lengths, y=np.array([1, 2, 1, 2, 1, 2]),
        train=np.array([True, True, True, True, False, False]),
    )
    run, _ = fitted(recipe(tmp_path, path="words.npz", valid=0.0), capsys)
    data, found = prepared(run)
    assert found == [[5, 7, 4, 6], [], [5, 8]]
    assert data.labels is not None
    assert data.labels.levels == ("1", "2")
    assert isinstance(run.raw, Sequences)
    assert run.raw.split == "train"


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        ({"source": "textbook_chain", "sequence": "who"}, "has no column `who`"),
        ({"source": "digits", "kind": "sequences"}, "no `kind` to choose"),
        ({"source": "textbook_chain", "kind": "rows"}, "`kind`"),
        ({"source": "geyser", "split": "waiting_min"}, "other numbers than 0 and 1"),
    ],
)
def test_what_cannot_be_is_said(
    tmp_path: Path, data: dict[str, Any], sentence: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["fit", str(recipe(tmp_path, **data)), "-o", str(tmp_path / "out.genstudio")]) == 1
    assert sentence in capsys.readouterr().err


def test_sequences_are_listed(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["list", "data", "--json"]) == 0
    keys = {entry["key"] for entry in json.loads(capsys.readouterr().out)["data"]}
    assert {"textbook_chain", "regimes", "ecg", "seattle_weather", "geyser"} <= keys
