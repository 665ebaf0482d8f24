from __future__ import annotations

import numpy as np
import pytest

from genstudio.applications.interpolation import manifold_axis
from genstudio.applications.latent_directions import class_vector, coordinate_directions, principal
from genstudio.applications.latent_map import MapScale, most_active, plane

RNG = np.random.default_rng(1)


@pytest.mark.parametrize("by_prior", [False, True])
def test_places_of_the_map_lead_back_to_their_coordinates(by_prior: bool) -> None:
    scale, z = MapScale(by_prior), RNG.uniform(-4, 4, size=(20, 2))
    np.testing.assert_allclose(scale.to_latent(scale.to_map(z)), z, rtol=1e-9)


def test_by_the_prior_a_manifold_is_evenly_spaced_in_its_cells() -> None:
    scale = MapScale(by_prior=True)
    x0, x1, y0, y1 = scale.manifold_bounds(15, (0.0, 1.0, 0.0, 1.0))
    centres = x0 + (np.arange(15) + 0.5) * (x1 - x0) / 15
    np.testing.assert_allclose(scale.to_map(manifold_axis(15)), centres)
    assert (y0, y1) == (x0, x1)


def test_beyond_the_map_there_is_an_end() -> None:
    assert np.isfinite(MapScale(by_prior=True).to_latent([-0.2, 1.2])).all()


def test_the_view_holds_the_items() -> None:
    points = RNG.normal(size=(500, 2)) * 5
    x0, x1, _, _ = MapScale(by_prior=False).view(points)
    assert x0 == -x1
    assert x1 > np.quantile(np.abs(points), 0.99)
    assert MapScale(by_prior=False).view(np.empty((0, 2))) == (-2.5, 2.5, -2.5, 2.5)


def test_ticks_name_coordinates_where_they_lie() -> None:
    assert MapScale(by_prior=False).ticks() is None
    ticks = {text: place for place, text in MapScale(by_prior=True).ticks() or ()}
    assert ticks["0"] == 0.5
    assert ticks["−1"] == pytest.approx(0.158655, abs=1e-6)


def test_a_plane_takes_two_coordinates_and_spreads_a_single_one() -> None:
    z = RNG.normal(size=(100, 4))
    np.testing.assert_array_equal(plane(z, (3, 1)), z[:, [3, 1]])
    found = plane(z[:, :1], (0, 0))
    np.testing.assert_array_equal(found[:, 0], z[:, 0])
    assert len(np.unique(found[:, 1])) == 100


def test_coordinates_are_ordered_by_what_they_carry() -> None:
    kl = np.array([0.0, 3.0, 0.5])
    assert most_active(kl).tolist() == [1, 2, 0]
    found = coordinate_directions(kl, most_active(kl))
    assert found.names == ("z2", "z3", "z1")
    assert found.notes[0] == "3.00 nats"


@pytest.mark.parametrize("kind", ["coordinates", "principal"])
def test_sliding_along_one_direction_leaves_the_others(kind: str) -> None:
    basis, _ = np.linalg.qr(RNG.normal(size=(5, 5)))
    found = (
        coordinate_directions(np.arange(5.0), np.array([4, 3, 2, 1, 0])) if kind == "coordinates"
        else principal(RNG.normal(size=5), basis, np.array([3.0, 2.0, 1.0, 0.5, 0.1]))
    )
    z = RNG.normal(size=5)
    before = found.places(z)
    after = found.places(found.slid(z, 2, 1.5))
    assert after[2] == pytest.approx(1.5)
    np.testing.assert_allclose(np.delete(after, 2), np.delete(before, 2), atol=1e-9)
    strips = found.strips(z, 2, (-1.0, 1.0))
    assert [round(float(found.places(point)[k]), 9) for k, point in zip((0, 0, 1, 1), strips, strict=True)] == [
        -1, 1, -1, 1
    ]


def test_directions_without_variance_are_no_directions() -> None:
    assert len(principal(np.zeros(3), np.eye(3), np.array([1.0, 0.5, 0.0]))) == 2


def test_class_vectors_lead_from_one_middle_to_another() -> None:
    means, counts = np.array([[1.0, 0.0], [0.0, 2.0], [4.0, 4.0], [np.nan, np.nan]]), np.array([10, 30, 10, 0])
    np.testing.assert_allclose(class_vector(means, counts, 0, 1), [1.0, -2.0])
    np.testing.assert_allclose(class_vector(means, counts, 0, None), [1.0 - 1.0, 0.0 - 2.5])
    assert class_vector(means, counts, 3, None) is None
    assert class_vector(means, counts, 0, 3) is None
    assert class_vector(means, counts, 0, 0) is None
