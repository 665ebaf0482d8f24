"""What the window makes of new data: how they are prepared, and which model is chosen for them."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from genstudio.data.dataset import Kind
from genstudio.data.reader import unwatched
from genstudio.models.registry import models
from genstudio.runs.recipe import recipe_from_values
from genstudio.ui.data_loading import Loaded, advise, load


def loaded(path: Path) -> Loaded:
    return load(recipe_from_values({"data": {"path": str(path)}}), None, proposing=True, watch=unwatched)


def test_a_table_in_long_form_is_taken_as_sequences_and_a_model_of_sequences_is_chosen(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    rows = [f"p{i},2024-01-{day:02d},{rng.normal():.3f},{rng.normal():.3f}" for i in range(4) for day in range(1, 21)]
    path = tmp_path / "long.csv"
    path.write_text("\n".join(["patient,date,pulse,pressure", *rows]), encoding="utf-8")
    found = loaded(path)
    assert found.data.kind is Kind.SEQUENCES
    assert found.data.preparation.names == ("pulse", "pressure")
    assert any("`patient` names the sequence and `date` tells the time" in note for note in found.notes)
    advice = advise(models(), found.data, unwatched)
    assert advice.instead_of("gmm") == "hmm"
    assert "sequences" in advice.reasons["gmm"]


def test_npz_with_lengths_opens_with_its_own_split(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    np.savez(
        tmp_path / "words.npz", X=rng.normal(size=(10, 9, 3)).astype(np.float32), length=np.arange(10) % 5 + 5,
        y=np.arange(10) % 3, train=np.arange(10) < 6,
    )
    found = loaded(tmp_path / "words.npz")
    assert found.data.lengths is not None
    assert [len(lengths) for lengths in found.data.lengths] == [5, 1, 4]
    assert found.data.labels is not None
    assert len(found.data.labels.levels) == 3
