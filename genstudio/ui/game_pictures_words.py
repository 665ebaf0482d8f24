"""What is said of pictures in a game. No Qt here."""

from __future__ import annotations

from collections.abc import Sequence

UNSURE = 0.1
"""Verdicts that are no farther from a half say that the discriminator cannot tell."""


def picture_words(verdict: float, part: str) -> str:
    """What a picture is and how real it is held to be, for the mouse."""
    return f"{part}, held to be real at {verdict:.2f}"


def made_title(seed: int, verdicts: Sequence[float], moment: str) -> str:
    """What the made pictures are made of, what is held of them, and when."""
    return f"Made from noise {seed} · {moment} · {_held(verdicts)}"


def real_title(held_out: bool, verdicts: Sequence[float]) -> str:
    """What the real pictures are, and what is held of them."""
    if not len(verdicts):
        return "Real"
    return f"{'Held out' if held_out else 'Real'} · {_held(verdicts)}"


def verdict_words(verdict: float, part: str, index: int, class_word: str) -> str:
    """What the discriminator holds of one picture, and whether it is right.

    Arguments:
        part: "made" or "real".
        index: its place among those.
        class_word: what its class is called, or "".
    """
    name = f"{part.capitalize()} picture {index + 1}" + f" of class {class_word}" * bool(class_word)
    told = f"{name}: the discriminator holds it to be real at {verdict:.2f}"
    if abs(verdict - 0.5) <= UNSURE:
        return f"{told}. It cannot tell."
    taken = "real" if verdict > 0.5 else "made"
    if taken == part:
        return f"{told}. It is right."
    return f"{told}. It is fooled." if part == "made" else f"{told}. It is wrong."


def blend_words(low: tuple[int, int], high: tuple[int, int], share: float) -> str:
    """Which resolutions pictures are made of while a network grows.

    Arguments:
        low, high: heights and widths, pixels; the same where nothing is being blended.
        share: of the higher one, 0 to 1.
    """
    if low == high:
        return f"Resolution {_sides(low)}"
    return f"Resolution {_sides(low)} → {_sides(high)}, {100 * share:.0f} %"


def _held(verdicts: Sequence[float]) -> str:
    return f"mean verdict {sum(verdicts) / len(verdicts):.2f}"


def _sides(size: tuple[int, int]) -> str:
    return f"{size[1]} × {size[0]}"
