"""Sequences inside a file: they come back as they were, and what is made to mislead is refused."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from genstudio.data.sequences import Sequences, sequences
from genstudio.data.table import Column, ColumnType, Table
from genstudio.errors import ArchiveError
from genstudio.runs import container, stored_raw, stored_table, strict_json, tensors

DESCRIBED, ARRAYS = "tables/0/table.json", "tables/0/values.safetensors"
TABLE = Table(
    "<b>größe", (
        Column("x", ColumnType.NUMBER, np.array([1.0, np.nan, 3, 4, 5])),
        Column("train", ColumnType.FLAG, np.array([1.0, 1, 0, 0, 1])),
    ), split="train",
)
SEQUENCES = sequences(
    TABLE, np.array([2, 2, 1]), ("=a", "b", "ß"), np.array([0, 1.5, -3, -2, 7]), "day", dated=True
)


@pytest.mark.parametrize("kept", [SEQUENCES, replace(SEQUENCES, times=None, dated=False)])
def test_sequences_come_back_as_they_were(kept: Sequences, tmp_path: Path) -> None:
    path = tmp_path / "file.genstudio"
    container.write(path, stored_raw.to_members(kept, "tables/0"), 1)
    found = stored_raw.from_members(container.read(path, 1).members, "tables/0")
    assert isinstance(found, Sequences)
    for name in ("name", "keys", "time_name", "dated", "split", "label", "names"):
        assert getattr(found, name) == getattr(kept, name)
    np.testing.assert_array_equal(found.lengths, kept.lengths)
    np.testing.assert_array_equal(found.column("x").values, kept.column("x").values)
    if kept.times is None:
        assert found.times is None
    else:
        np.testing.assert_array_equal(found.times, kept.times)


def test_tables_stay_tables_and_keep_their_split() -> None:
    found = stored_raw.from_members(stored_raw.to_members(TABLE, "tables/0"), "tables/0")
    assert type(found) is Table
    assert found.split == "train"


def test_times_and_keys_count_for_the_size(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stored_table, "LARGEST_BYTES", 2 * 5 * 8 + 3 * 8 + 5 * 8 + len("=abß"))
    assert stored_raw.fits(SEQUENCES)
    assert not stored_raw.fits(replace(SEQUENCES, keys=("longer", "b", "c")))


def described(**changes: Any) -> Callable[[dict[str, bytes]], None]:
    def change(members: dict[str, bytes]) -> None:
        members[DESCRIBED] = strict_json.encode({**strict_json.parse(members[DESCRIBED], ""), **changes})

    return change


def arrays(**changes: Any) -> Callable[[dict[str, bytes]], None]:
    def change(members: dict[str, bytes]) -> None:
        kept = {**tensors.decode(members[ARRAYS], ARRAYS), **changes}
        members[ARRAYS] = tensors.encode({name: array for name, array in kept.items() if array is not None})

    return change


@pytest.mark.parametrize(
    "spoil",
    [
        described(split="x2"), described(split=3), described(sequences=[]), described(sequences={"keys": ["a"]}),
        described(sequences={"keys": ["a", "b", 3], "time_name": "t", "dated": False}),
        described(sequences={"keys": ["a", "b", "c"], "time_name": 3, "dated": False}),
        arrays(lengths=None), arrays(lengths=np.array([2, 2])), arrays(lengths=np.array([2, 2, 2])),
        arrays(lengths=np.array([5, 0, 0])), arrays(lengths=np.array([7, -1, -1])),
        arrays(lengths=np.array([2**62, 2**62, 2**62])), arrays(lengths=np.array([2.0, 2, 1])),
        arrays(times=np.zeros(4)), arrays(times=np.full(5, np.nan)), arrays(times=np.zeros(5, np.float32)),
    ],
)  # fmt: skip
def test_members_that_do_not_belong_together_are_refused(spoil: Callable[[dict[str, bytes]], None]) -> None:
    members = dict(stored_raw.to_members(SEQUENCES, "tables/0"))
    spoil(members)
    with pytest.raises(ArchiveError):
        stored_raw.from_members(members, "tables/0")
