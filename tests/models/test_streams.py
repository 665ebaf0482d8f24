from __future__ import annotations

import numpy as np
from scipy import stats

from genstudio.models._streams import normals, streams, uniforms

ITEMS = np.arange(400, dtype=np.float32).reshape(200, 2)


def test_a_stream_hangs_on_item_and_seed_alone() -> None:
    whole = normals(streams(ITEMS, 3), 7)
    np.testing.assert_array_equal(normals(streams(ITEMS[50:60], 3), 7), whole[50:60])
    assert not np.isclose(normals(streams(ITEMS, 4), 7), whole).any(axis=1).all()
    assert normals(streams(ITEMS[:0], 3), 7).shape == (0, 7)


def test_numbers_follow_their_laws() -> None:
    drawn = normals(streams(ITEMS, 0), 501).astype(float)
    assert drawn.shape == (200, 501)
    assert stats.kstest(drawn.ravel(), "norm").pvalue > 1e-3
    even = uniforms(streams(ITEMS, 0), 501).astype(float)
    assert stats.kstest(even.ravel(), "uniform").pvalue > 1e-3


def test_numbers_are_not_correlated() -> None:
    drawn = normals(streams(ITEMS, 0), 400).astype(float)
    for one in (drawn, drawn.T):
        off = np.corrcoef(one)[np.triu_indices(len(one), 1)]
        assert abs(off).max() < 6 / np.sqrt(one.shape[1])
    even = uniforms(streams(ITEMS, 0), 400).astype(float)
    assert abs(np.corrcoef(drawn.ravel(), even.ravel())[0, 1]) < 5 / np.sqrt(drawn.size)
