"""Models that the metrics are tried on."""

from __future__ import annotations

import numpy as np
import pytest

from genstudio.data.table import points_table
from genstudio.models.fitted import Fitted
from tests.evaluation.gaussian import SamplesOnly, prepared, trained


@pytest.fixture
def no_density() -> Fitted:
    """A model that can do nothing but draw."""
    return trained(prepared(points_table("points", np.random.default_rng(0).normal(size=(50, 2)))), SamplesOnly)
