from __future__ import annotations

import math

import pytest

from genstudio.errors import TrainingError
from genstudio.training.guards import require_finite


def test_a_finite_figure_passes() -> None:
    require_finite(-1e300, "loss", 3)


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
def test_what_is_not_finite_is_said_with_its_step(value: float) -> None:
    with pytest.raises(TrainingError, match=rf"At step 3 the loss became {value}") as caught:
        require_finite(value, "loss", 3)
    assert caught.value.remedy
