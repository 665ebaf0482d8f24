from __future__ import annotations

import pytest
import torch
from torch import Tensor

from genstudio.nets.flows.picture_histogram import Histogram
from genstudio.nets.flows.picture_levels import LEVELS, dequantized

STROKES = torch.cat([torch.tensor([8000.0]), torch.ones(252), torch.tensor([300.0, 500.0, 100.0])])
"""Counts as they are of pen strokes: most is black, some white."""
COUNTS = {
    "strokes": STROKES, "even": torch.ones(LEVELS), "few": torch.eye(LEVELS)[::17].sum(0), "one": torch.eye(LEVELS)[7],
}


def histogram(name: str, bins: int) -> Histogram:
    found = Histogram(bins)
    found.learn(COUNTS[name])
    return found


def logits(bins: int, scale: float = 2.0) -> Tensor:
    return scale * torch.randn(LEVELS, bins, generator=torch.Generator().manual_seed(0))


cases = pytest.mark.parametrize(("name", "bins"), [(name, bins) for name in COUNTS for bins in (1, 2, 24, 256)])


@cases
def test_every_bin_holds_something(name: str, bins: int) -> None:
    found = histogram(name, bins)
    assert sorted(set(found.bin_of.tolist())) == list(range(bins))
    assert (found.bin_of.diff() >= 0).all()
    assert float(found.masses.sum()) == pytest.approx(1.0, abs=1e-5)
    assert float(found.share().min()) > 0


def test_what_is_frequent_has_a_bin_of_its_own() -> None:
    found = histogram("strokes", 16)
    alone = torch.bincount(found.bin_of)[found.bin_of] == 1
    assert alone[[0, 253, 254]].all()
    others = found.share()[1 : found.bin_of[253]]
    assert float(others.max() / others.min()) < 4


@cases
def test_the_intensities_have_all_the_probability(name: str, bins: int) -> None:
    v = dequantized(torch.arange(LEVELS).float(), torch.tensor(0.3))
    same = logits(bins)[:1].expand(LEVELS, bins)
    assert float(histogram(name, bins).log_density(v, same).double().exp().mean()) == pytest.approx(1.0, abs=1e-4)


@cases
@pytest.mark.parametrize("scale", [0.0, 2.0, 20.0])
def test_there_and_back(name: str, bins: int, scale: float) -> None:
    found = histogram(name, bins)
    v = dequantized(torch.arange(LEVELS).double(), torch.linspace(0, 1, LEVELS).double())
    z = found.inward(v, logits(bins, scale))
    assert torch.isfinite(z).all()
    torch.testing.assert_close(found.outward(z, logits(bins, scale)), v, rtol=0, atol=1e-6)


@cases
def test_the_map_rises(name: str, bins: int) -> None:
    v = torch.linspace(0, 1, 4000, dtype=torch.float64)[:-1]
    same = logits(bins)[:1].expand(len(v), bins)
    assert (histogram(name, bins).inward(v, same).diff() > 0).all()


@cases
def test_the_median_lies_at_zero(name: str, bins: int) -> None:
    found = histogram(name, bins)
    same = logits(bins)[:1]
    v = found.outward(torch.zeros(1), same)
    assert float(found.inward(v, same)) == pytest.approx(0.0, abs=1e-6)
