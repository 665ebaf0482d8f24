"""Networks that were trained elsewhere, run from a description of their layers and weights of eight bits."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn.utils.fusion import fuse_conv_bn_eval

Layer = Mapping[str, Any]
Arrays = Mapping[str, NDArray[Any]]


class LayerGraph(nn.Module):
    """Layers named as Keras names them, each with the layers that it takes in; the last one is what comes out.

    Arguments:
        layers: a mapping each, with `name`, `op`, `inputs` and what the operation needs; inputs stand before.
        weights: codes, bytes, by `layer/kind`; and beside each, by `layer/kind|q`, its minimum and scale. A weight is
            code × scale + minimum, laid out as Keras has it: kernels (height, width, in, out).

    Raises:
        ValueError: an operation that is not known, or one that pads in a way that is not.
        KeyError: weights that are not there.
    """

    def __init__(self, layers: Sequence[Layer], weights: Arrays) -> None:
        super().__init__()
        self._inputs = {layer["name"]: tuple(layer["inputs"]) for layer in layers}
        made = {layer["name"]: _module(layer, weights) for layer in layers}
        _fold(made, self._inputs)
        # Names of modules cannot hold dots; those of layers could.
        self.layers = nn.ModuleList(made.values())
        self.eval().requires_grad_(False).to(memory_format=torch.channels_last)  # type: ignore[call-overload]

    def forward(self, x: Tensor) -> Tensor:
        """What the last layer gives, shape (N, C', H', W'), for pictures (N, C, H, W)."""
        found: dict[str, Tensor] = {}
        for (name, inputs), layer in zip(self._inputs.items(), self.layers, strict=True):
            found[name] = layer(*(found[before] for before in inputs)) if inputs else layer(x)
        return found[name]


class _Concatenate(nn.Module):
    """Channels side by side."""

    def forward(self, *parts: Tensor) -> Tensor:
        return torch.cat(parts, dim=1)


class _Add(nn.Module):
    """A sum."""

    def forward(self, *parts: Tensor) -> Tensor:
        return torch.stack(parts).sum(dim=0) if len(parts) > 2 else parts[0] + parts[1]


def _module(layer: Layer, weights: Arrays) -> nn.Module:
    if layer["op"] not in _OPERATIONS:
        raise ValueError(f"`{layer['name']}` is a {layer['op']}, which is not known")
    return _OPERATIONS[layer["op"]](layer, weights)


def _convolution(layer: Layer, weights: Arrays) -> nn.Conv2d:
    depthwise = layer["op"] == "DepthwiseConv2D"
    kernel = _weight(layer["name"], "depthwise_kernel" if depthwise else "kernel", weights)
    # Keras keeps (height, width, in, out), and of a depthwise one (height, width, in, 1).
    kernel = kernel.permute(2, 3, 0, 1) if depthwise else kernel.permute(3, 2, 0, 1)
    groups = len(kernel) if depthwise else 1
    made = nn.Conv2d(
        kernel.shape[1] * groups, len(kernel), layer["kernel_size"], layer["strides"], _padding(layer, "kernel_size"),
        groups=groups, bias=f"{layer['name']}/bias" in weights,
    )
    made.weight.data = kernel
    if made.bias is not None:
        made.bias.data = _weight(layer["name"], "bias", weights)
    return made


def _normalization(layer: Layer, weights: Arrays) -> nn.BatchNorm2d:
    name, kinds = layer["name"], ("moving_mean", "moving_variance")
    mean, variance = (_weight(name, kind, weights) for kind in kinds)
    made = nn.BatchNorm2d(len(mean), layer["epsilon"])
    made.running_mean, made.running_var = mean, variance
    for parameter, kind in ((made.weight, "gamma"), (made.bias, "beta")):
        if f"{name}/{kind}" in weights:
            parameter.data = _weight(name, kind, weights)
    return made


def _rectifier(layer: Layer, weights: Arrays) -> nn.Module:
    if layer.get("activation", "relu") != "relu":
        raise ValueError(f"`{layer['name']}` is {layer['activation']}, which is not known")
    return nn.ReLU6() if layer.get("max_value") == 6 else nn.ReLU()


def _pooling(layer: Layer, weights: Arrays) -> nn.Module:
    size, strides, padding = layer["pool_size"], layer["strides"], _padding(layer, "pool_size")
    if layer["op"] == "MaxPooling2D":
        return nn.MaxPool2d(size, strides, padding)
    return nn.AvgPool2d(size, strides, padding, count_include_pad=False)


def _zeros_around(layer: Layer, weights: Arrays) -> nn.ZeroPad2d:
    (top, bottom), (left, right) = layer["padding"]
    return nn.ZeroPad2d((left, right, top, bottom))


def _padding(layer: Layer, size: str) -> tuple[int, int]:
    """Cells around, on every side."""
    if layer["padding"] == "valid":
        return 0, 0
    if layer["strides"] != [1, 1] or any(side % 2 == 0 for side in layer[size]):
        # What is missing would not be the same on both sides, and depend on the size of the picture.
        raise ValueError(f"`{layer['name']}` pads unevenly")
    return layer[size][0] // 2, layer[size][1] // 2


def _weight(layer: str, kind: str, weights: Arrays) -> Tensor:
    name = f"{layer}/{kind}"
    minimum, scale = weights[f"{name}|q"]
    return torch.from_numpy(np.asarray(weights[name] * np.float32(scale) + np.float32(minimum), np.float32))


def _fold(made: dict[str, nn.Module], inputs: Mapping[str, Sequence[str]]) -> None:
    """Let convolutions do what a normalization after them did, where nobody else takes them in."""
    taken = [name for names in inputs.values() for name in names]
    for name, module in made.items():
        before = inputs[name][0] if inputs[name] else ""
        convolution = made.get(before)
        if isinstance(module, nn.BatchNorm2d) and isinstance(convolution, nn.Conv2d) and taken.count(before) == 1:
            made[before] = fuse_conv_bn_eval(convolution.eval(), module.eval())
            made[name] = nn.Identity()


_OPERATIONS: dict[str, Callable[[Layer, Arrays], nn.Module]] = {
    "InputLayer": lambda layer, weights: nn.Identity(),
    "Conv2D": _convolution,
    "DepthwiseConv2D": _convolution,
    "BatchNormalization": _normalization,
    "Activation": _rectifier,
    "ReLU": _rectifier,
    "ZeroPadding2D": _zeros_around,
    "MaxPooling2D": _pooling,
    "AveragePooling2D": _pooling,
    "Concatenate": lambda layer, weights: _Concatenate(),
    "Add": lambda layer, weights: _Add(),
}
