"""How the game is played: some steps of the discriminator, then one of the generator."""

from __future__ import annotations

import copy
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import cast

import torch
from torch import Tensor, nn

from genstudio.models._deep import pieces
from genstudio.models._gan_alarms import Alarms
from genstudio.models._gan_gauge import Gauge
from genstudio.models._gan_losses import GAMES, Game
from genstudio.models._gan_nets import (
    DISCRIMINATOR,
    GENERATOR,
    Critic,
    critic_of,
    grow,
    looks_at_batches,
    only_answering,
)
from genstudio.models._gan_penalties import one_centred, with_slopes, zero_centred
from genstudio.models._gan_settings import GanSettings
from genstudio.models._one_net import FORGOTTEN, BatchedItems, withheld
from genstudio.nets.gan.remedies import mode_seeking
from genstudio.training.descent import Batch
from genstudio.training.events import LiveSettings, Note

FIRST = 64
"""Of so many items a discriminator of packs keeps company."""
Dealt = tuple[Tensor, Tensor]
"""Real items in the networks' units, and the classes that go with them."""


class GanLearner:
    """Trains a generator and a discriminator against each other.

    Arguments:
        nets: `generator` and `discriminator`.
        live: who learns, the discriminator's rate and the noise are read at every step.
        items: those to learn from; rows in standard units, pictures as intensities.
        gauge: holds made items against those that are not learned from; None where those are too few.
    """

    rates: Mapping[str, str] = {DISCRIMINATOR: "discriminator_rate"}
    averaged = (GENERATOR,)

    def __init__(
        self, nets: Mapping[str, nn.Module], settings: GanSettings, live: LiveSettings,
        items: BatchedItems, gauge: Gauge | None,
    ) -> None:
        self._nets, self._settings, self._live = nets, settings, live
        self._train, self._gauge = items, gauge
        self._alarms = _alarms_of(settings, items, gauge)
        self._game: Game = GAMES[settings.loss]
        self._critic = critic_of(nets)
        self._apart = looks_at_batches(settings)
        self._share = self._deviation = 0.0
        self._penalties = (0.0, 0.0)
        self._said: Dealt = (torch.zeros(1), torch.zeros(1))
        self._losses = {"loss": 0.0, "discriminator_loss": 0.0}
        self._critic.keep_company(*self._dealt(torch.arange(min(len(self._train), FIRST))))

    @property
    def nets(self) -> Mapping[str, nn.Module]:
        """The two networks."""
        return self._nets

    @property
    def items(self) -> int:
        """Training items."""
        return len(self._train)

    def losses(self, batch: Batch) -> Iterator[tuple[str, Tensor]]:
        """The discriminator's losses one after another, then the generator's; of those who learn."""
        players, self._share = self._live["players"], batch.share
        grow(self._nets, batch.share)
        self._deviation = float(self._live["instance_noise"]) * (1 - batch.share)
        self._penalties = self._penalties_at(batch)
        real, given = self._told(self._dealt(batch.rows), batch.draw)
        for turn in range(self._settings.discriminator_steps if players != GENERATOR else 1):
            if turn:
                real, given = self._told(self._dealt(self._others(batch)), batch.draw)
            with _frozen(self._critic, players == GENERATOR):
                loss = self._discriminator_loss(self._critic, real, given, batch.draw)
                self._losses["discriminator_loss"] = float(loss.detach())
                if players != GENERATOR:
                    yield DISCRIMINATOR, loss
        with _frozen(self._critic):
            loss = self._generator_loss(self._unrolled(batch), real, given, batch.draw)
            self._losses["loss"] = float(loss.detach())
            if players != DISCRIMINATOR:
                yield GENERATOR, loss

    def figures(self) -> Mapping[str, float]:
        """Both losses, and what the discriminator held the items of its last step to be."""
        real, made = (self._game.verdict(said, self._critic.levels) for said in self._said)
        shares = torch.stack([real.mean(), made.mean(), (real > 0.5).float().mean(), (made < 0.5).float().mean()])
        names = "real_verdict", "fake_verdict", "real_recognised", "fake_recognised"
        found = dict(zip(names, shares.tolist(), strict=True))
        self._alarms.see(found)
        return {**self._losses, **found}

    def validate(self, step: int) -> Mapping[str, float]:
        """What the gauge says of items that are made of the same noise whenever it is asked."""
        if self._gauge is None:
            return {}
        draw = torch.Generator().manual_seed(0)
        rows = torch.randint(len(self._train), (self._gauge.count,), generator=draw)
        z = torch.randn(len(rows), self._settings.latent_dim, generator=draw)
        with only_answering(self._nets):
            found = self._gauge.figures(torch.cat([self._shown(rows[part], z[part]) for part in pieces(len(rows))]))
        self._alarms.validated(self._share, found)
        return found

    def remarks(self, step: int) -> Iterator[Note]:
        """Collapse, a game that is no game, and what to watch."""
        yield from self._alarms.notes()

    # What is dealt.

    def _dealt(self, rows: Tensor) -> Dealt:
        x, given = self._train.take(rows)
        return (2 * x - 1 if x.dim() == 4 else x), given

    def _shown(self, rows: Tensor, z: Tensor) -> Tensor:
        """What noise becomes, of the classes of some training items; in units of the items."""
        _, given = self._train.take(rows.to(self._train.device))
        made = cast("Tensor", self._nets[GENERATOR](z.to(given.device), given)).float()
        return (made + 1) / 2 if made.dim() == 4 else made

    def _told(self, dealt: Dealt, draw: torch.Generator) -> Dealt:
        """Some classes are withheld, so that items of an unknown class are known, too."""
        return dealt[0], withheld(dealt[1], FORGOTTEN, draw)

    def _others(self, batch: Batch) -> Tensor:
        """Items for a further step of the discriminator: any."""
        return torch.randint(len(self._train), (len(batch.rows),), generator=batch.draw, device=batch.rows.device)

    def _made(self, given: Tensor, draw: torch.Generator) -> Tensor:
        return cast("Tensor", self._nets[GENERATOR](self._drawn(given, draw), given)).float()

    def _drawn(self, given: Tensor, draw: torch.Generator) -> Tensor:
        return torch.randn(len(given), self._settings.latent_dim, generator=draw, device=given.device)

    def _veiled(self, x: Tensor, draw: torch.Generator) -> Tensor:
        """Items as the discriminator sees them: under noise, while there is any."""
        if not self._deviation:
            return x
        return x + self._deviation * torch.randn(x.shape, generator=draw, device=x.device)

    # The discriminator's turn.

    def _discriminator_loss(self, critic: Critic, real: Tensor, given: Tensor, draw: torch.Generator) -> Tensor:
        with torch.no_grad():
            made = self._made(given, draw)
        real, made = self._veiled(real, draw), self._veiled(made, draw)
        (said, slopes), (answered, other_slopes) = self._both(critic, real, made, given)
        if critic is self._critic:
            critic.follow(said, answered)
            self._said = said.detach(), answered.detach()
        loss = self._game.discriminator(said, answered, self._settings.label_smoothing)
        for weight, steep in zip(self._penalties, (slopes, other_slopes), strict=True):
            if weight:
                loss = loss + weight * zero_centred(steep)
        if weight := self._settings.gradient_penalty:
            share = torch.rand(len(real), generator=draw, device=real.device)
            loss = loss + weight * one_centred(critic, real, made, given, share)
        return loss

    def _penalties_at(self, batch: Batch) -> tuple[float, float]:
        """Weights of the penalties on slopes at real and at made items; between two of them there are none.

        References:
            Karras et al. (2020): Analyzing and improving the image quality of StyleGAN (lazy regularization).
        """
        chosen = self._settings
        due = (batch.step - 1) % chosen.penalty_interval == 0
        factor = due * chosen.penalty_interval * chosen.penalty_left ** batch.share
        return factor * chosen.r1, factor * chosen.r2

    def _both(self, critic: Critic, real: Tensor, made: Tensor, given: Tensor) -> tuple[Dealt, Dealt]:
        """What is said of real and of made items, and how steeply, where that is penalised."""
        wanted = self._penalties[0] > 0, self._penalties[1] > 0
        if self._apart:
            return self._seen(critic, real, given, wanted[0]), self._seen(critic, made, given, wanted[1])
        # Once through the network with both costs less than twice with half of them.
        said, slopes = self._seen(critic, torch.cat([real, made]), torch.cat([given, given]), any(wanted))
        (one, other), (steep, other_steep) = said.chunk(2), slopes.chunk(2)
        return (one, steep), (other, other_steep)

    @staticmethod
    def _seen(critic: Critic, x: Tensor, given: Tensor, want_slopes: bool) -> Dealt:
        if want_slopes:
            return with_slopes(critic, x, given)
        said = critic(x, given)
        return said, torch.zeros_like(said)

    # The generator's turn.

    def _generator_loss(self, critic: Critic, real: Tensor, given: Tensor, draw: torch.Generator) -> Tensor:
        z = self._drawn(given, draw)
        generator = self._nets[GENERATOR]
        made = generator(z, given)
        compared = critic(self._veiled(real, draw), given) if self._game.compares else self._said[0]
        loss = self._game.generator(compared, critic(self._veiled(made, draw), given))
        if weight := self._settings.mode_seeking:
            other = self._drawn(given, draw)
            loss = loss + weight * mode_seeking((z, other), (made, generator(other, given)))
        return loss

    def _unrolled(self, batch: Batch) -> Critic:
        """The discriminator some steps on; a copy, so that nothing has to be undone.

        The generator's gradient is that against this discriminator as it is: what the generator changes about those
        steps is left out (first order).

        References:
            Metz, Poole, Pfau, Sohl-Dickstein (2017): Unrolled generative adversarial networks.
        """
        if not self._settings.unrolled_steps:
            return self._critic
        ahead = copy.deepcopy(self._critic).requires_grad_()
        optimizer = torch.optim.Adam(
            ahead.parameters(), lr=float(self._live["discriminator_rate"]), betas=self._settings.betas()
        )
        with torch.enable_grad():
            for _ in range(self._settings.unrolled_steps):
                real, given = self._told(self._dealt(self._others(batch)), batch.draw)
                optimizer.zero_grad()
                self._discriminator_loss(ahead, real, given, batch.draw).backward()  # type: ignore[no-untyped-call]
                optimizer.step()
        return ahead.requires_grad_(False)


def _alarms_of(settings: GanSettings, items: BatchedItems, gauge: Gauge | None) -> Alarms:
    if gauge is None:
        return Alarms(settings, 0.0)
    some, _ = items.take(torch.arange(min(len(items), gauge.count), device=items.device))
    return Alarms(settings, gauge.recall(some), gauge.n_modes)


@contextmanager
def _frozen(net: nn.Module, frozen: bool = True) -> Iterator[None]:
    """Inside, no gradients are reckoned of a network's own weights where it is frozen."""
    if not frozen:
        yield
        return
    net.requires_grad_(False)
    try:
        yield
    finally:
        net.requires_grad_()
