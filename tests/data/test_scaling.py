from __future__ import annotations

import json
import warnings

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from genstudio.data.scaling import SCALINGS, Logit, MinMax, Scaling, Standard
from genstudio.errors import DataError

POINTS = np.random.default_rng(0).normal(size=(200, 3)) * [1.0, 1e3, 1e-3] + [0.0, 5e4, 1.0]
NAMES = ["a", "b", "c"]


@pytest.fixture(params=SCALINGS)
def scaling(request: pytest.FixtureRequest) -> Scaling:
    return SCALINGS[request.param].fit(POINTS, NAMES)


def test_there_and_back(scaling: Scaling) -> None:
    np.testing.assert_allclose(scaling.inverse(scaling.forward(POINTS)), POINTS, rtol=1e-9)


def test_volumes_change_as_stated(scaling: Scaling) -> None:
    x, step = POINTS[:20], 1e-6 * POINTS.std(axis=0)
    slopes = (scaling.forward(x + step) - scaling.forward(x - step)) / (2 * step)
    np.testing.assert_allclose(scaling.log_det(x), np.log(slopes).sum(axis=1), atol=1e-5)


def test_the_state_is_plain_and_whole(scaling: Scaling) -> None:
    again = type(scaling).from_state(json.loads(json.dumps(scaling.state())))
    assert np.array_equal(again.forward(POINTS), scaling.forward(POINTS))


def test_a_part_is_the_scaling_of_its_columns(scaling: Scaling) -> None:
    part = scaling.part([2, 0])
    assert np.array_equal(part.forward(POINTS[:, [2, 0]]), scaling.forward(POINTS)[:, [2, 0]])


def test_affine_maps_say_so(scaling: Scaling) -> None:
    known = scaling.affine(3)
    assert (known is None) is isinstance(scaling, Logit)
    if known is not None:
        shift, scale = known
        np.testing.assert_allclose(scaling.forward(POINTS) * scale + shift, POINTS)


def test_standard_and_range() -> None:
    z = Standard.fit(POINTS, NAMES).forward(POINTS)
    np.testing.assert_allclose((z.mean(axis=0), z.std(axis=0)), (np.zeros(3), np.ones(3)), atol=1e-10)
    z = MinMax.fit(POINTS, NAMES).forward(POINTS)
    assert (z.min(axis=0).tolist(), z.max(axis=0).tolist()) == ([0.0] * 3, pytest.approx([1.0] * 3))


@example(centre=9007199254740994.0, width=1.0)
@given(st.floats(-1e250, 1e250), st.sampled_from([1e-200, 1.0, 1e200]))
def test_any_column_stays_finite(centre: float, width: float) -> None:
    x = centre + width * np.array([[-1.0, 0.0], [0.0, 0.0], [1.0, 0.0]])
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for kind in (Standard, MinMax):
            z = kind.fit(x, ["a", "b"]).forward(x)
            assert np.isfinite(z).all()
            assert np.abs(z).max() < 4


def test_a_constant_column_keeps_its_scale() -> None:
    x = np.full((5, 1), 0.1 + 0.2)
    for kind in (Standard, MinMax):
        scaling = kind.fit(x, ["a"])
        assert scaling.log_det(x).tolist() == [0.0] * 5
    with pytest.raises(DataError, match="`a` is constant"):
        Logit.fit(x, ["a"])


def test_the_logit_has_a_place_for_every_known_row_and_none_beyond() -> None:
    everything = np.concatenate([POINTS, POINTS.max(axis=0)[None] * 1.5])
    scaling = Logit.fit(POINTS, NAMES, everything)
    assert np.isfinite(scaling.forward(everything)).all()
    assert np.isfinite(scaling.log_det(everything)).all()
    beyond = everything[-1:] * 10
    assert scaling.log_det(beyond).tolist() == [-np.inf]
    assert scaling.forward(beyond)[0, 0] == np.inf
