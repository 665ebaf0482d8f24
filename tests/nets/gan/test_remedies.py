"""The remedies for collapse, beside their formulas written out with NumPy."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from genstudio.nets.gan.remedies import MinibatchDiscrimination, MinibatchStddev, mode_seeking, pack, pack_with

LAYERS: dict[str, tuple[Callable[[], nn.Module], tuple[int, ...]]] = {
    "discrimination": (lambda: MinibatchDiscrimination(5, 3, 4), (8, 5)),
    "deviation of rows": (lambda: MinibatchStddev(4), (8, 5)),
    "deviation of maps": (lambda: MinibatchStddev(4), (8, 5, 3, 2)),
}


@pytest.fixture(autouse=True)
def seeded() -> None:
    torch.manual_seed(0)


def test_minibatch_discrimination_tells_the_mean_closeness_of_the_others() -> None:
    layer, x = MinibatchDiscrimination(5, 3, 4).double(), torch.randn(7, 5, dtype=torch.float64)
    rows, projection = x.numpy(), layer.projection.detach().numpy()
    expected = np.zeros((7, 3))
    for one in range(7):
        for kernel in range(3):
            points = rows @ projection[:, kernel]
            expected[one, kernel] = np.mean([
                np.exp(-np.abs(points[one] - points[other]).sum()) for other in range(7) if other != one
            ])
    found = layer(x).detach().numpy()
    np.testing.assert_array_equal(found[:, :5], rows)
    np.testing.assert_allclose(found[:, 5:], expected, rtol=1e-10)


@pytest.mark.parametrize(("count", "asked", "used"), [(8, 4, 4), (8, 3, 2), (6, 4, 3), (7, 4, 1), (3, 8, 3)])
@pytest.mark.parametrize("shape", [(5,), (2, 3, 4)])
def test_minibatch_deviation_is_that_of_groups(count: int, asked: int, used: int, shape: tuple[int, ...]) -> None:
    x = torch.randn(count, *shape, dtype=torch.float64)
    found = MinibatchStddev(asked).double()(x).numpy()
    assert found.shape == (count, shape[0] + 1, *shape[1:])
    groups = count // used
    for item in range(count):
        group = x.numpy()[item % groups :: groups]
        np.testing.assert_allclose(found[item, -1], group.std(axis=0).mean(), atol=2e-4)
    np.testing.assert_array_equal(found[:, :-1], x.numpy())


@pytest.mark.parametrize("name", LAYERS)
def test_items_that_are_all_the_same_are_told_apart_from_items_that_differ(name: str) -> None:
    make, shape = LAYERS[name]
    layer = make()
    several = layer(torch.randn(shape))
    same = layer(torch.randn(1, *shape[1:]).expand(shape))
    own = shape[1]
    assert (same[:, own:] - several[:, own:]).abs().min() > 0.05


@pytest.mark.parametrize("name", LAYERS)
def test_the_order_of_a_batch_changes_no_more_than_the_order(name: str) -> None:
    make, shape = LAYERS[name]
    layer, x = make(), torch.randn(shape)
    # Groups of the deviation are kept together by a turn of the whole batch by its number of groups.
    torch.testing.assert_close(layer(x.roll(2, 0)), layer(x).roll(2, 0))


@pytest.mark.parametrize("name", LAYERS)
def test_gradients_are_those_of_small_differences(name: str) -> None:
    make, shape = LAYERS[name]
    layer = make().double()
    x = torch.randn(shape, dtype=torch.float64, requires_grad=True)
    assert torch.autograd.gradcheck(layer, (x,))
    # A gradient penalty descends a gradient: the second derivative must exist, too.
    (gradient,) = torch.autograd.grad(layer(x).square().sum(), x, create_graph=True)
    gradient.square().sum().backward()  # type: ignore[no-untyped-call]
    assert x.grad is not None
    assert torch.isfinite(x.grad).all()


@pytest.mark.parametrize("name", LAYERS)
def test_items_that_are_all_the_same_have_finite_gradients(name: str) -> None:
    make, shape = LAYERS[name]
    x = torch.ones(shape, requires_grad=True)
    make()(x).sum().backward()
    assert x.grad is not None
    assert torch.isfinite(x.grad).all()


@pytest.mark.parametrize("name", LAYERS)
def test_the_same_seed_and_items_give_the_same(name: str) -> None:
    make, shape = LAYERS[name]
    found = []
    for _ in range(2):
        torch.manual_seed(3)
        found.append(make()(torch.randn(shape)))
    assert torch.equal(*found)


@pytest.mark.parametrize("name", LAYERS)
def test_a_layer_that_only_answers_tells_the_usual_company(name: str) -> None:
    make, shape = LAYERS[name]
    layer, batches = make(), [torch.randn(shape) for _ in range(400)]
    told = torch.stack([_company(layer(batch), shape) for batch in batches]).mean(0)
    kept = {key: value.clone() for key, value in layer.state_dict().items()}
    layer.eval()
    alone, among = layer(batches[0][:1]), layer(batches[0])
    assert torch.equal(alone[0], among[0])
    torch.testing.assert_close(_company(among, shape), told, rtol=0.2, atol=0.0)
    assert all(torch.equal(value, kept[key]) for key, value in layer.state_dict().items())


def _company(found: Tensor, shape: tuple[int, ...]) -> Tensor:
    """What a batch was told besides its own features, on average."""
    return found.detach()[:, shape[1]:].transpose(0, 1).flatten(1).mean(1)


@pytest.mark.parametrize("together", [1, 2, 3])
@pytest.mark.parametrize("shape", [(5,), (2, 3, 4)])
def test_packed_items_stand_beside_one_another(together: int, shape: tuple[int, ...]) -> None:
    x = torch.randn(8, *shape)
    packed = pack(x, together)
    assert packed.shape == (8 // together, together * shape[0], *shape[1:])
    for row in range(len(packed)):
        expected = np.concatenate(list(x.numpy()[row * together : (row + 1) * together]))
        np.testing.assert_array_equal(packed[row].numpy(), expected)


@pytest.mark.parametrize("together", [1, 2, 4])
@pytest.mark.parametrize("shape", [(5,), (2, 3, 4)])
def test_an_item_may_be_judged_beside_others(together: int, shape: tuple[int, ...]) -> None:
    x, company = torch.randn(3, *shape), torch.randn(5, *shape)
    packed = pack_with(x, company, together)
    for row in range(3):
        others = [company[(row * (together - 1) + place) % 5] for place in range(together - 1)]
        torch.testing.assert_close(packed[row], torch.cat([x[row], *others]))


def test_mode_seeking_is_the_ratio_of_mean_distances() -> None:
    rng = np.random.default_rng(0)
    noises, made = rng.normal(size=(2, 6, 3)), rng.normal(size=(2, 6, 4, 2))
    expected = np.abs(noises[0] - noises[1]).mean() / np.abs(made[0] - made[1]).mean()
    first, second = torch.from_numpy(noises), torch.from_numpy(made)
    found = mode_seeking((first[0], first[1]), (second[0], second[1]))
    np.testing.assert_allclose(float(found), expected, rtol=1e-4)


def test_descending_mode_seeking_spreads_what_is_made() -> None:
    noises = torch.randn(32, 2), torch.randn(32, 2)
    scale = torch.tensor(0.1, requires_grad=True)
    mode_seeking(noises, (scale * noises[0], scale * noises[1])).backward()  # type: ignore[no-untyped-call]
    assert scale.grad is not None
    assert scale.grad < 0
