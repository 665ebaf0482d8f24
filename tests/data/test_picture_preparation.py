"""Pictures as a data set: bytes kept, intensities given, classes chosen and balanced; tables' classes too."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from genstudio.data.dataset import Kind
from genstudio.data.pictures import Pictures
from genstudio.data.preparation import PicturePreparation, Preparation, preparation_from_state, prepare
from genstudio.data.preparation_settings import PreparationSettings
from genstudio.data.table import points_table
from genstudio.errors import DataError
from genstudio.settings import validate

LEVELS = ("cat", "dog", "emu")


def pictures(n: int = 30, channels: int = 1, classes: bool = True) -> Pictures:
    """Each picture shows its own number; every 7th has no class, cats are half of all."""
    pixels = np.arange(n, dtype=np.uint8)[:, None, None, None] + np.zeros((n, 4, 5, channels), np.uint8)
    pixels[..., -1] += 100
    codes = np.array([-1 if i % 7 == 6 else (0, 1, 0, 2)[i % 4] for i in range(n)])
    return Pictures("zoo", pixels, codes if classes else None, LEVELS if classes else ())


def settings(**values: Any) -> PreparationSettings:
    return validate(PreparationSettings, values, "the data")


@pytest.mark.parametrize("channels", [1, 3])
def test_pictures_become_bytes_with_channels_first(channels: int) -> None:
    raw = pictures(channels=channels)
    data = prepare(raw, settings(valid=0, test=0), 0)
    assert data.kind is Kind.IMAGES
    assert data.train.dtype == np.uint8
    assert data.train.shape == (30, channels, 4, 5)
    assert data.train.flags.c_contiguous
    assert np.array_equal(data.train.transpose(0, 2, 3, 1), raw.pixels)
    assert data.preparation.names == ()
    assert isinstance(data.preparation, PicturePreparation)
    assert data.preparation.shape == raw.shape == (channels, 4, 5)


@given(st.integers(3, 60), st.floats(0, 0.4), st.floats(0, 0.4), st.integers(0, 99))
def test_every_picture_is_in_one_part(n: int, valid: float, test: float, seed: int) -> None:
    raw = pictures(n)
    data = prepare(raw, settings(valid=valid, test=test), seed)
    assert sorted(np.concatenate(data.rows).tolist()) == list(range(n))
    assert data.labels is not None
    assert raw.codes is not None
    for name, rows in zip(("train", "valid", "test"), data.rows, strict=True):
        assert np.array_equal(getattr(data, name).transpose(0, 2, 3, 1), raw.pixels[rows])
        assert np.array_equal(getattr(data.labels, name), raw.codes[rows])


def test_the_split_follows_the_seed() -> None:
    splits = [prepare(pictures(), settings(), seed).rows[0].tolist() for seed in (1, 1, 2)]
    assert splits[0] == splits[1] != splits[2]


def test_intensities_are_what_models_see() -> None:
    data = prepare(pictures(), settings(), 3)
    seen = data.preparation.to_model(data.train)
    assert seen.dtype == np.float32
    assert np.array_equal(seen, data.train.astype(np.float32) / np.float32(255))
    assert np.array_equal(data.preparation.to_data(data.train), seen)
    assert np.array_equal(data.preparation.to_model(seen), seen)
    beyond = np.array([-0.5, 0.25, 1.5]).reshape(3, 1, 1, 1)
    assert data.preparation.to_data(beyond).ravel().tolist() == [0, 0.25, 1]
    assert data.preparation.log_det(seen).tolist() == [0] * len(seen)


def test_a_preparation_comes_back_from_its_plain_values() -> None:
    preparation = prepare(pictures(channels=3), settings(), 0).preparation
    state = json.loads(json.dumps(preparation.state()))
    again = preparation_from_state(state)
    assert isinstance(again, PicturePreparation)
    assert again.shape == (3, 4, 5)
    table = prepare(points_table("p", np.zeros((9, 2))), settings(), 0).preparation
    assert type(preparation_from_state(table.state())) is Preparation


@pytest.mark.parametrize("shape", [[1, 2], [2, 4, 4], [1, 0, 4], [1, 4.0, 4], [True, 4, 4], "123"])
def test_a_preparation_made_to_mislead_is_refused(shape: Any) -> None:
    with pytest.raises(ValueError, match="shape"):
        preparation_from_state({"kind": "images", "shape": shape})


def test_other_pictures_must_be_of_the_same_shape() -> None:
    preparation = prepare(pictures(), settings(), 0).preparation
    x, rows = preparation.rows(pictures(5))
    assert (x.shape, rows.tolist()) == ((5, 1, 4, 5), [0, 1, 2, 3, 4])
    with pytest.raises(DataError, match="5 × 4 pixels in colour, but the model learned from 5 × 4 pixels in grey"):
        preparation.rows(pictures(5, channels=3))
    table = points_table("points", np.zeros((9, 2)))
    with pytest.raises(DataError, match="holds a table"):
        preparation.rows(table)
    with pytest.raises(DataError, match="holds pictures"):
        prepare(table, settings(), 0).preparation.rows(pictures())


@pytest.mark.parametrize(
    ("values", "what"),
    [
        ({"columns": ("x",)}, "no `columns`"), ({"scaling": "standard"}, "no `scaling`"),
        ({"label": "z"}, "no `label`"),
        ({"classes": ("cow",)}, "no value `cow`"), ({"anomalous": "cow"}, "no value `cow`"),
        ({"label": "", "classes": ("cat",)}, "no label"), ({"label": "", "balance": True}, "no label"),
        ({"valid": 0.5, "test": 0.5}, "leave none"),
    ],
)  # fmt: skip
def test_settings_without_use_are_refused(values: dict[str, Any], what: str) -> None:
    with pytest.raises(DataError, match=what) as caught:
        prepare(pictures(), settings(**values), 0)
    assert caught.value.remedy


# Classes, of pictures and of tables alike.


def as_table(raw: Pictures) -> Any:
    assert raw.codes is not None
    made = points_table(raw.name, raw.pixels[:, 0, 0, :1].astype(float), raw.codes, levels=raw.levels)
    column = made.columns[1]
    column.values[column.values < 0] = np.nan
    return made


RAW = pictures(70)
BOTH = pytest.mark.parametrize("raw", [RAW, as_table(RAW)], ids=["pictures", "table"])


@BOTH
def test_only_the_chosen_classes_are_used(raw: Any) -> None:
    data = prepare(raw, settings(classes=("emu", "cat")), 0)
    assert data.labels is not None
    assert data.labels.levels == ("cat", "emu")
    rows = np.concatenate(data.rows)
    assert RAW.codes is not None
    assert set(RAW.codes[rows]) == {0, 2}
    assert sorted(rows.tolist()) == np.flatnonzero(np.isin(RAW.codes, (0, 2))).tolist()
    for name, kept in zip(("train", "valid", "test"), data.rows, strict=True):
        words = [data.labels.levels[code] for code in getattr(data.labels, name)]
        assert words == [LEVELS[code] for code in RAW.codes[kept]]


@BOTH
def test_balance_uses_equally_many_of_each_class_by_the_seed(raw: Any) -> None:
    assert RAW.codes is not None
    used = [np.sort(np.concatenate(prepare(raw, settings(balance=True), seed).rows)) for seed in (4, 4, 5)]
    fewest = np.bincount(RAW.codes[RAW.codes >= 0]).min()
    for rows in used:
        assert np.bincount(RAW.codes[rows]).tolist() == [fewest] * 3
    assert np.array_equal(used[0], used[1])
    assert not np.array_equal(used[0], used[2])


@BOTH
def test_balance_counts_the_chosen_classes_alone(raw: Any) -> None:
    data = prepare(raw, settings(balance=True, classes=("cat",)), 0)
    assert RAW.codes is not None
    assert sum(map(len, data.rows)) == int((RAW.codes == 0).sum())


@BOTH
def test_all_classes_give_back_the_split_of_no_choice(raw: Any) -> None:
    plain, chosen = (prepare(raw, settings(**values), 3) for values in ({}, {"classes": None, "balance": False}))
    assert np.array_equal(plain.rows[0], chosen.rows[0])


def test_anomalies_are_never_learned_from_when_normal_ones_are_wanted() -> None:
    raw = Pictures("spots", pictures(30).pixels, np.arange(30) % 2, ("ok", "defect"))
    data = prepare(raw, settings(normal_only=True), 0)
    assert data.labels is not None
    assert data.labels.anomalous == 1
    assert not data.labels.train.any()
    assert not data.labels.valid.any()
    assert data.labels.test.sum() == 15
    chosen = prepare(raw, settings(classes=("defect",)), 0)
    assert chosen.labels is not None
    assert (chosen.labels.levels, chosen.labels.anomalous) == (("defect",), 0)
    alone = prepare(raw, settings(classes=("ok",), anomalous="defect"), 0)
    assert alone.labels is not None
    assert alone.labels.anomalous is None


def test_a_class_without_a_single_item_is_refused() -> None:
    raw = Pictures("zoo", pictures(4).pixels, np.zeros(4, np.int64), LEVELS)
    with pytest.raises(DataError, match="no items of the chosen classes"):
        prepare(raw, settings(classes=("dog",)), 0)
    assert len(prepare(raw, settings(balance=True, test=0), 0).train) == 4


def test_a_filtered_table_has_no_known_truth() -> None:
    from genstudio.data.catalogue.two_moons import TwoMoons

    table = TwoMoons().load(TwoMoons.Settings(samples=100), 0)
    assert prepare(table, settings(), 0).truth is not None
    assert prepare(table, settings(balance=True), 0).truth is None
