"""What every pair of networks that play the game of pictures keeps to."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from torch import Tensor, nn

from genstudio.nets.gan.pictures import picture_nets

SHAPES = [(1, 28, 28), (3, 32, 32), (1, 7, 9), (3, 13, 18), (2, 5, 5)]
BUILDS: list[dict[str, Any]] = [{}, {"architecture": "textbook"}, {"progressive": True}]
Z, N = 6, 5

shapes = pytest.mark.parametrize("shape", SHAPES, ids=str)
builds = pytest.mark.parametrize("build", BUILDS, ids=["residual", "textbook", "progressive"])


@pytest.fixture(autouse=True)
def seeded() -> None:
    torch.manual_seed(0)


def nets(shape: tuple[int, int, int], n_classes: int = 0, **choices: Any) -> tuple[nn.Module, nn.Module]:
    made = picture_nets(shape, n_classes, Z, **{"channels": (4, 6), **choices})
    for net in made:
        if hasattr(net, "grow"):
            net.grow(1.0)
    return made


def given(n_classes: int, count: int = N) -> Tensor:
    return torch.eye(n_classes)[torch.arange(count) % n_classes] if n_classes else torch.zeros(count, 0)


@shapes
@builds
@pytest.mark.parametrize("n_classes", [0, 3])
def test_pictures_come_out_and_one_number_each_is_said_of_them(
    shape: tuple[int, int, int], build: dict[str, Any], n_classes: int
) -> None:
    generator, discriminator = nets(shape, n_classes, **build)
    classes = given(n_classes)
    made = generator(torch.randn(N, Z), classes)
    assert made.shape == (N, *shape)
    assert made.abs().max() <= 1
    assert discriminator(made, classes).shape == (N,)
    features = discriminator.features(made, classes)
    assert features.shape[0] == N
    assert features.dim() == 2


@builds
def test_every_weight_is_learned(build: dict[str, Any]) -> None:
    generator, discriminator = nets((1, 12, 12), 2, **build)
    # A block that says nothing yet passes no gradient to its first layer.
    for net in (generator, discriminator):
        for weight in net.parameters():
            nn.init.normal_(weight, std=0.3)
    if hasattr(generator, "grow"):
        for net in (generator, discriminator):
            net.grow(0.22)
    discriminator(generator(torch.randn(N, Z), given(2)), given(2)).sum().backward()
    unlearned = [name for net in (generator, discriminator) for name, weight in net.named_parameters()
                 if weight.grad is None or not weight.grad.abs().sum() > 0]
    grown_over = ("pixels.0.", "pixels.2.", "seen.0.", "seen.2.", "up.1.", "down.1.")
    assert [name for name in unlearned if not name.startswith(grown_over) or "progressive" not in build] == []


@builds
def test_the_class_changes_what_is_made_and_what_is_said(build: dict[str, Any]) -> None:
    generator, discriminator = (net.eval() for net in nets((1, 12, 12), 3, **build))
    z, one, other = torch.randn(N, Z), given(3), given(3).roll(1, dims=1)
    made = generator(z, one)
    assert not torch.allclose(made, generator(z, other))
    assert not torch.allclose(discriminator(made, one), discriminator(made, other))


@builds
def test_penalties_of_gradients_can_be_descended(build: dict[str, Any]) -> None:
    _, discriminator = nets((1, 12, 12), **build)
    x = torch.randn(N, 1, 12, 12, requires_grad=True)
    (slope,) = torch.autograd.grad(discriminator(x, given(0)).sum(), x, create_graph=True)
    slope.square().sum().backward()
    assert all(torch.isfinite(weight.grad).all() for weight in discriminator.parameters() if weight.grad is not None)
    assert sum(float(weight.grad.abs().sum()) for weight in discriminator.parameters() if weight.grad is not None) > 0


@builds
@pytest.mark.parametrize("choice", ["spectral_norm", "minibatch_stddev", "minibatch_discrimination"])
def test_choices_change_what_is_said(build: dict[str, Any], choice: str) -> None:
    said = []
    for chosen in (False, True):
        torch.manual_seed(0)
        _, discriminator = nets((1, 12, 12), **build, **{choice: chosen})
        said.append(discriminator(torch.randn(N, 1, 12, 12), given(0)))
    assert not torch.allclose(*said)


@builds
def test_a_spectrally_normed_discriminator_changes_its_mind_slowly(build: dict[str, Any]) -> None:
    _, discriminator = nets((1, 12, 12), spectral_norm=True, **build)
    for _ in range(30):
        discriminator(torch.randn(N, 1, 12, 12), given(0))
    for layer in discriminator.modules():
        if isinstance(layer, nn.Linear | nn.Conv2d):
            longest = torch.linalg.matrix_norm(layer.weight.detach().flatten(1), 2)
            assert float(longest) == pytest.approx(1.0, abs=0.05)


@builds
def test_packed_pictures_are_judged_together(build: dict[str, Any]) -> None:
    _, discriminator = nets((3, 12, 12), pack=2, **build)
    assert discriminator(torch.randn(N, 6, 12, 12), given(0)).shape == (N,)


@builds
def test_what_is_answered_hangs_on_each_picture_alone(build: dict[str, Any]) -> None:
    generator, discriminator = nets((1, 12, 12), minibatch_stddev=True, minibatch_discrimination=True, **build)
    for _ in range(3):
        discriminator(generator(torch.randn(8, Z), given(0, 8)), given(0, 8))
    generator.eval(), discriminator.eval()
    z = torch.randn(8, Z)
    made = generator(z, given(0, 8))
    torch.testing.assert_close(made[:2], generator(z[:2], given(0, 2)), rtol=1e-5, atol=1e-5)
    said = discriminator(made, given(0, 8))
    torch.testing.assert_close(said[:2], discriminator(made[:2], given(0, 2)), rtol=1e-5, atol=1e-5)


@builds
def test_nets_can_be_counted_before_memory_is_taken(build: dict[str, Any]) -> None:
    with torch.device("meta"):
        hollow = nets((1, 28, 28), spectral_norm=True, minibatch_discrimination=True, **build)
    filled = nets((1, 28, 28), spectral_norm=True, minibatch_discrimination=True, **build)
    for one, other in zip(hollow, filled, strict=True):
        assert {k: v.shape for k, v in one.state_dict().items()} == {k: v.shape for k, v in other.state_dict().items()}
