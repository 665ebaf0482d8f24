"""Networks run from a description: each operation against what it is defined as, and the bundled ones as a whole."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from sklearn.datasets import load_sample_images

from genstudio.nets import layer_graph
from genstudio.nets.layer_graph import LayerGraph
from genstudio.nets.picture_features import PictureFeatures
from genstudio.resources import resource

Arrays = dict[str, np.ndarray]
START = {"name": "in", "op": "InputLayer", "inputs": []}
BUNDLED = {"mobilenet_v2": (64, 128), "inception_v3": (768, 75)}


def codes(shape: tuple[int, ...], seed: int, low: float = -1.0, scale: float = 0.01) -> tuple[np.ndarray, Arrays]:
    """Weights and how they are kept."""
    kept = np.random.default_rng(seed).integers(0, 256, shape, np.uint8)
    span = np.array([low, scale], np.float32)
    return kept.astype(np.float32) * span[1] + span[0], {"": kept, "|q": span}


def kept(name: str, arrays: Arrays) -> Arrays:
    return {name + ending: array for ending, array in arrays.items()}


def window(op: str, padding: str, size: int, stride: int) -> dict[str, Any]:
    key = "pool_size" if "Pooling" in op else "kernel_size"
    sizes = {"strides": [stride] * 2, key: [size] * 2}
    return {"name": "a", "op": op, "inputs": ["in"], "padding": padding, **sizes}


def bundled(name: str) -> tuple[list[dict[str, Any]], Arrays]:
    with np.load(resource("features", f"{name}.npz")) as weights:
        return json.loads(resource("features", f"{name}.json").read_text(encoding="utf-8")), dict(weights)


@pytest.mark.parametrize(
    ("padding", "stride", "size"), [("valid", 2, 3), ("same", 1, 3), ("same", 1, 5), ("valid", 1, 1)]
)
def test_convolutions_are_sums_over_windows(padding: str, stride: int, size: int) -> None:
    weight, arrays = codes((size, size, 2, 4), seed=0)
    net = LayerGraph([START, window("Conv2D", padding, size, stride)], kept("a/kernel", arrays))
    x = torch.rand(2, 2, 9, 9)
    around = size // 2 if padding == "same" else 0
    cells = F.pad(x, [around] * 4).unfold(2, size, stride).unfold(3, size, stride)
    expected = torch.einsum("nchwij,ijco->nohw", cells, torch.from_numpy(weight))
    assert torch.allclose(net(x), expected, atol=1e-4)


def test_depthwise_convolutions_keep_channels_apart() -> None:
    weight, arrays = codes((3, 3, 2, 1), seed=1)
    net = LayerGraph([START, window("DepthwiseConv2D", "same", 3, 1)], kept("a/depthwise_kernel", arrays))
    x = torch.rand(1, 2, 6, 6)
    cells = F.pad(x, [1] * 4).unfold(2, 3, 1).unfold(3, 3, 1)
    assert torch.allclose(net(x), torch.einsum("nchwij,ijc->nchw", cells, torch.from_numpy(weight[..., 0])), atol=1e-5)


@pytest.mark.parametrize("shared", [False, True])
def test_a_normalization_is_folded_only_where_nobody_else_needs_what_is_before_it(shared: bool) -> None:
    weight, arrays = codes((1, 1, 2, 3), seed=2)
    kinds = ("moving_mean", "moving_variance", "beta")
    parts = {kind: codes((3,), seed=3 + i, low=0.5) for i, kind in enumerate(kinds)}
    layers = [START, window("Conv2D", "valid", 1, 1), {"name": "n", "op": "BatchNormalization", "inputs": ["a"],
                                                       "epsilon": 1e-3}]
    if shared:
        layers.append({"name": "sum", "op": "Add", "inputs": ["a", "n"]})
    weights = kept("a/kernel", arrays)
    for kind, (_, found) in parts.items():
        weights |= kept(f"n/{kind}", found)
    x = torch.rand(2, 2, 5, 5)
    before = torch.einsum("nchw,co->nohw", x, torch.from_numpy(weight[0, 0]))
    mean, variance, beta = (torch.from_numpy(parts[kind][0])[:, None, None] for kind in parts)
    normal = (before - mean) / torch.sqrt(variance + 1e-3) + beta
    net = LayerGraph(layers, weights)
    assert torch.allclose(net(x), normal + before if shared else normal, atol=1e-4)
    assert any(isinstance(layer, torch.nn.BatchNorm2d) for layer in net.layers) == shared


@pytest.mark.parametrize(
    ("layer", "expected"),
    [
        (window("MaxPooling2D", "valid", 3, 2), lambda x: F.max_pool2d(x, 3, 2)),
        ({"name": "a", "op": "ReLU", "inputs": ["in"], "max_value": 6}, lambda x: x.clamp(0, 6)),
        ({"name": "a", "op": "Activation", "inputs": ["in"], "activation": "relu"}, lambda x: x.clamp(min=0)),
        ({"name": "a", "op": "ZeroPadding2D", "inputs": ["in"], "padding": [[0, 1], [2, 0]]},
         lambda x: F.pad(x, [2, 0, 0, 1])),
        ({"name": "a", "op": "Concatenate", "inputs": ["in", "in"]}, lambda x: torch.cat([x, x], 1)),
    ],
)
def test_what_has_no_weights(layer: dict[str, Any], expected: Any) -> None:
    x = 10 * torch.randn(2, 3, 9, 9)
    assert torch.equal(LayerGraph([START, layer], {})(x), expected(x))


def test_means_near_the_edge_are_of_real_cells_only() -> None:
    net = LayerGraph([START, window("AveragePooling2D", "same", 3, 1)], {})
    assert torch.allclose(net(torch.ones(1, 1, 4, 4)), torch.ones(1, 1, 4, 4))


@pytest.mark.parametrize(
    ("layer", "said"),
    [
        ({"name": "a", "op": "LSTM", "inputs": ["in"]}, "LSTM"),
        ({"name": "a", "op": "Activation", "inputs": ["in"], "activation": "selu"}, "selu"),
        (window("MaxPooling2D", "same", 3, 2), "unevenly"), (window("MaxPooling2D", "same", 2, 1), "unevenly"),
    ],
)
def test_what_is_not_known_is_refused(layer: dict[str, Any], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        LayerGraph([START, layer], {})


@pytest.mark.parametrize("name", BUNDLED)
def test_bundled_networks_see_photographs_as_they_did_when_they_were_trained(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(layer_graph, "_fold", lambda *_: None)
    net = LayerGraph(*bundled(name))
    photographs = torch.stack([torch.from_numpy(image.copy()) for image in load_sample_images().images])
    parts = photographs.permute(0, 3, 1, 2).float().unfold(2, 420, 7).unfold(3, 420, 110).permute(0, 2, 3, 1, 4, 5)
    side = BUNDLED[name][1]
    x = F.interpolate(parts.flatten(0, 2)[::4] / 255, size=(side, side), mode="bilinear", antialias=True)

    def off(x: torch.Tensor) -> float:
        """How far channels are from the means of training, in its deviations: the median over all of them."""
        found: list[torch.Tensor] = []
        hooks = [
            layer.register_forward_hook(lambda layer, inputs, _: found.append(
                (inputs[0].mean((0, 2, 3)) - layer.running_mean).abs() / (layer.running_var + layer.eps).sqrt()))
            for layer in net.layers if isinstance(layer, torch.nn.BatchNorm2d)
        ]
        net(x)
        for hook in hooks:
            hook.remove()
        return float(torch.cat(found).median())

    assert off(x) < 0.3
    # As intensities from -1 to 1, or with blue for red, they would be seen as something else.
    assert off(2 * x - 1) > 1.5 * off(x)


@pytest.mark.parametrize("name", BUNDLED)
def test_bundled_networks_tell_digits_apart(name: str) -> None:
    features = PictureFeatures(LayerGraph(*bundled(name)), BUNDLED[name][1])
    with np.load(resource("data", "digits.npz")) as digits:
        pixels, codes_ = digits["pixels"], digits["codes"]
    some = np.concatenate([np.flatnonzero(codes_ == digit)[:10] for digit in (0, 1, 4, 7)])
    found, truth = features(pixels[some, None] / np.float32(255)), codes_[some]
    assert found.shape == (len(some), BUNDLED[name][0])
    assert found.dtype == np.float64
    learned = np.arange(len(some)) % 2 == 0
    scaled = (found - found.mean(0)) / (found.std(0) + 1e-9)
    centres = np.stack([scaled[learned & (truth == digit)].mean(0) for digit in (0, 1, 4, 7)])
    nearest = ((scaled[~learned, None] - centres) ** 2).sum(2).argmin(1)
    assert (np.array([0, 1, 4, 7])[nearest] == truth[~learned]).mean() > 0.8


def test_grey_pictures_are_seen_like_coloured_ones_without_colour() -> None:
    features = PictureFeatures(LayerGraph(*bundled("inception_v3")), 75)
    grey = np.random.default_rng(0).random((2, 1, 20, 24)).astype(np.float32)
    assert np.allclose(features(grey), features(np.repeat(grey, 3, axis=1)))
