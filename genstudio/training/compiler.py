"""What a process does that compiles one objective.

Compiling keeps Python busy for half a minute or more. In a thread of the process that trains it would take the
interpreter from every step; here it takes another core.
"""

from __future__ import annotations

import json
import os
import sys
import threading
from pathlib import Path
from typing import Any, cast

import torch
import torch._functorch.config
import torch._inductor.config
from torch import Tensor
from torch._dynamo.aot_compile_types import BundledAOTAutogradSerializableCallable as Saved
from torch._inductor.compile_fx import compile_fx
from torch.func import functional_call
from torch.fx.experimental.proxy_tensor import make_fx

from genstudio.training.compilation import Request
from genstudio.training.objective import Function, tensors_of

_SAVED_WHOLE = {
    "bundled_autograd_cache": True, "force_autograd_cache": True, "strict_autograd_cache": True,
    "bypass_autograd_cache_key": True, "force_non_lazy_backward_lowering": True,
}
"""Settings of torch under which what it compiles can be written to a file, the backward pass included."""


def main(wanted: Path, place: Path) -> None:
    """Compile what stands in a file; say on standard output why not, where that cannot be.

    Arguments:
        wanted: a `Request` that the process wrote which started this one.
        place: the file to write.
    """
    threading.Thread(target=_end_with_the_other, daemon=True).start()
    try:
        place.write_bytes(_compiled(torch.load(wanted, weights_only=False)))
    except Exception as error:  # noqa: BLE001 - whatever the compiler cannot do, training goes on without it
        json.dump({"reason": _in_words(error)}, sys.stdout)


def load(place: Path) -> Function:
    """What was compiled, forward and backward, for this process.

    Arguments:
        place: a file in a folder that nobody else may write to: what stands in it is carried out.
    """
    with torch._inductor.config.patch(enable_autograd_for_aot=True):
        made = Saved.deserialize_compile_artifacts(place.read_bytes())
    return lambda tensors, given: cast("Tensor", made(*tensors, *given)[0])


def _compiled(request: Request) -> bytes:
    torch.set_num_threads(request.threads)
    # Compilers that run side by side need processes that outlive this one.
    torch._inductor.config.compile_threads = 1
    tensors = tensors_of(request.net)
    flat = [*tensors.values(), *request.given]

    def function(*flat: Tensor) -> list[Tensor]:
        named = dict(zip(tensors, flat, strict=False))
        return [functional_call(request.net, named, flat[len(named):])]

    graph = make_fx(function, tracing_mode="fake")(*flat)
    with torch._functorch.config.patch(_SAVED_WHOLE):
        return Saved.serialize_compile_artifacts(Saved(cast("Any", compile_fx(graph, flat))))


def _in_words(error: Exception) -> str:
    if "InvalidCxxCompiler" in f"{type(error).__name__} {error}":
        return "this machine has no C++ compiler"
    first = next((line.strip() for line in str(error).splitlines() if line.strip()), "no reason given")
    return f"{type(error).__name__}: {first}".rstrip(".")


def _end_with_the_other() -> None:
    """Whoever wants this holds the other end of standard input; once that is gone nobody waits any more."""
    # Read without a lock, which Python would wait for when it ends.
    while os.read(sys.stdin.fileno(), 1):
        pass
    os._exit(1)
