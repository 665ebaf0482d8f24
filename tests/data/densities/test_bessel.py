"""The scaled Bessel function against SciPy's."""

from __future__ import annotations

import numpy as np
import scipy.special

from genstudio.data.densities.bessel import log_i0e


def test_agrees_with_scipy_from_zero_to_the_huge() -> None:
    x = np.concatenate([np.linspace(0, 60, 6001), np.logspace(1, 12, 2000)])
    np.testing.assert_allclose(log_i0e(x), np.log(scipy.special.i0e(x)), rtol=0, atol=1e-13)


def test_keeps_the_shape() -> None:
    assert log_i0e(np.array([[0.0, 1.0, 2.0], [40.0, 50.0, 60.0]])).shape == (2, 3)
    assert log_i0e(np.full((4, 2), 99.0)).shape == (4, 2)
