"""Which noise becomes which item of a batch."""

from __future__ import annotations

import torch
from scipy.optimize import linear_sum_assignment
from torch import Tensor

GROUP = 128
"""Items among which noise is handed out anew; the time that takes grows with the third power."""


def paired(noise: Tensor, items: Tensor, given: Tensor) -> Tensor:
    """The noise (N, *item) in an order in which each is near the item that it becomes.

    Within groups the sum of squared distances is least. A group holds items of one class alone, as else the noise of
    a class would be no standard normal any more.

    References:
        Tong et al. (2024): Improving and generalizing flow-based generative models with minibatch optimal transport.

    Arguments:
        items: shape (N, *item), standard units.
        given: their classes, (N, n_classes).
    """
    found = noise.clone()
    for rows in _groups(given):
        costs = torch.cdist(noise[rows].flatten(1), items[rows].flatten(1)) ** 2
        places, chosen = linear_sum_assignment(costs.cpu().numpy().T)
        found[rows[torch.from_numpy(places)]] = noise[rows[torch.from_numpy(chosen)]]
    return found


def _groups(given: Tensor) -> list[Tensor]:
    """Rows of equal classes, few at a time."""
    if not given.shape[1]:
        return list(torch.split(torch.arange(len(given), device=given.device), GROUP))
    kinds = [given.sum(1) == 0, *(given > 0).T]
    return [part for rows in kinds for part in torch.split(torch.nonzero(rows).flatten(), GROUP) if len(part)]
