"""When a game raises which alarm, and when none; on figures as they are measured."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pytest

from genstudio.models._gan_alarms import EARLY, PATIENCE_STEPS, SETTLED, Alarms, cure
from genstudio.models._gan_settings import GanSettings
from genstudio.settings import validate
from genstudio.training.events import Note

REACHABLE = 0.95
CROSS_ENTROPY: dict[str, Any] = {"loss": "non_saturating", "r1": 0.0, "r2": 0.0}


def alarms(n_modes: int | None = None, **settings: Any) -> Alarms:
    return Alarms(GanSettings(**settings), REACHABLE, n_modes)


def measured(watch: Alarms, recalls: Iterable[float], share: float = 0.2, **others: float) -> list[Note]:
    """All that is said while these recalls are measured one after another."""
    said: list[Note] = []
    for recall in recalls:
        watch.validated(share, {"distance": 1.0, "recall": recall, "precision": 0.9, **others})
        said += watch.notes()
    return said


def judged(watch: Alarms, real: float, made: float, steps: int) -> list[Note]:
    """All that is said while the discriminator says this."""
    said: list[Note] = []
    for _ in range(steps):
        watch.see({"real_verdict": real, "fake_verdict": made})
        said += watch.notes()
    return said


def badges(notes: Iterable[Note]) -> list[str]:
    return [note.badge for note in notes if note.badge != "distance"]


@pytest.mark.parametrize(
    "recalls", [[0.0] * 20, [0.1, 0.0, 0.27, 0.0, 0.15] * 4, [0.9] * 5 + [0.2] * 9, [0.05 * i for i in range(9)] * 3],
    ids=["nothing", "hopping", "fallen back", "rising and falling"],
)
def test_a_recall_that_stays_poor_is_a_collapse_and_said_once(recalls: list[float]) -> None:
    found = measured(alarms(), recalls)
    assert badges(found) == ["collapsed"]
    assert found[-1].level == "alarm"


@pytest.mark.parametrize(
    "recalls", [[0.0] * (SETTLED - 1), [0.0, 0.1, 0.2, 0.3, 0.4, 0.6, 0.9], [0.05 * i for i in range(12)], [0.9] * 30,
                [0.0, 0.0, 0.6] * 8],
    ids=["begun", "rising", "rising slowly", "good", "good at times"],
)
def test_what_has_not_settled_is_no_collapse(recalls: list[float]) -> None:
    assert badges(measured(alarms(), recalls)) == []


def test_samples_may_be_poor_at_first() -> None:
    watch = alarms()
    assert badges(measured(watch, [0.0] * 20, share=EARLY / 2)) == []
    assert badges(measured(watch, [0.0], share=EARLY)) == ["collapsed"]


def test_poor_is_measured_by_what_training_items_reach() -> None:
    assert badges(measured(Alarms(GanSettings(), 0.3), [0.2] * 20)) == []


def test_the_alarm_says_what_is_seen_in_figures() -> None:
    (alarm,) = (note for note in measured(alarms(8), [0.24] * SETTLED, modes=0.25) if note.level == "alarm")
    assert "2 of the 8 modes" in alarm.text
    assert alarm.text.count("24") == SETTLED
    (alarm,) = (note for note in measured(alarms(8), [0.0] * SETTLED, modes=0.0) if note.level == "alarm")
    assert "none of the 8 modes" in alarm.text
    (alarm,) = (note for note in measured(alarms(), [0.0] * SETTLED) if note.level == "alarm")
    assert "leave out most of the data" in alarm.text


@pytest.mark.parametrize(
    ("settings", "offered"),
    [
        (CROSS_ENTROPY, {"minibatch_discrimination": True}),
        ({**CROSS_ENTROPY, "minibatch_discrimination": True}, {"pack": 2}),
        ({**CROSS_ENTROPY, "minibatch_discrimination": True, "pack": 4},
         {"loss": "relativistic", "r1": 0.1, "r2": 0.1}),
        ({"minibatch_discrimination": True, "pack": 4}, {"discriminator_steps": 3}),
        ({"learning_rate": 1e-3, "discriminator_rate": 1e-4}, {"discriminator_rate": 1e-3}),
        ({**CROSS_ENTROPY, "learning_rate": 1e-3, "discriminator_rate": 1e-4},
         {"loss": "relativistic", "r1": 0.1, "r2": 0.1, "discriminator_rate": 1e-3}),
    ],
)
def test_what_is_offered_is_not_switched_on_yet_and_fits(settings: dict[str, Any], offered: dict[str, Any]) -> None:
    chosen = GanSettings(**settings)
    sentence, offer = cure(chosen)
    assert sentence.endswith(".")
    assert offer == offered
    assert all(getattr(chosen, name) != value for name, value in offer.items())
    validate(GanSettings, {**chosen.model_dump(mode="json"), **offer}, "the model")


@pytest.mark.parametrize("loss", ["non_saturating", "minimax", "least_squares", "hinge", "relativistic"])
def test_a_discriminator_that_is_always_right_is_said_to_win(loss: str) -> None:
    found = judged(alarms(loss=loss, r1=0.0), 0.999, 0.001, PATIENCE_STEPS + 10)
    assert badges(found) == ["one-sided"]
    assert found[0].offer == {"r1": 0.1}
    assert "1.00" in found[0].text
    assert judged(alarms(loss=loss, r1=0.1), 0.999, 0.001, PATIENCE_STEPS + 10)[0].offer == {"instance_noise": 0.1}


@pytest.mark.parametrize(
    ("loss", "real", "made"),
    [("non_saturating", 0.9, 0.1), ("non_saturating", 0.99, 0.3), ("non_saturating", 0.5, 0.001),
     ("wasserstein", 1.0, 0.0)],
)
def test_a_discriminator_that_leads_does_not_win_yet(loss: str, real: float, made: float) -> None:
    assert badges(judged(alarms(loss=loss), real, made, 3 * PATIENCE_STEPS)) == []


def test_a_win_that_does_not_last_is_none() -> None:
    watch = alarms()
    for _ in range(5):
        assert badges(judged(watch, 0.999, 0.001, PATIENCE_STEPS // 2)) == []
        assert badges(judged(watch, 0.6, 0.4, PATIENCE_STEPS // 2)) == []


def test_a_discriminator_that_tells_nothing_apart_is_blind_where_samples_are_far() -> None:
    watch = alarms()
    assert badges(judged(watch, 0.5, 0.5, 2 * PATIENCE_STEPS)) == []
    assert badges(measured(watch, [0.9] * SETTLED, precision=0.05)) == ["blind"]
    balanced = alarms()
    judged(balanced, 0.5, 0.5, 2 * PATIENCE_STEPS)
    assert badges(measured(balanced, [0.9] * SETTLED, precision=0.9)) == []


def test_what_to_watch_is_said_once_as_information() -> None:
    found = measured(alarms(), [0.9] * 20)
    assert [note.level for note in found] == ["info"]
    assert "no likelihood" in found[0].text
    assert "distance" in found[0].text


def test_validations_without_figures_say_nothing() -> None:
    watch = alarms()
    for _ in range(20):
        watch.validated(0.5, {})
    assert list(watch.notes()) == []
