"""What is said of classifiers. No Qt here."""

from __future__ import annotations

import math

from genstudio.applications.classification import Share

PART_WORDS = ("training", "validation", "test")
RIVAL = "Logistic regression"


def share_words(share: Share) -> str:
    """An accuracy with its standard error to the digits that it leaves certain; a dash of none."""
    if not share.n:
        return "–"
    if share.stderr is None:
        return f"{share.value:.3f}"
    digits = max(2, 1 - math.floor(math.log10(share.stderr)))
    return f"{share.value:.{digits}f} ± {share.stderr:.{digits}f}"


def other_words(shares: tuple[Share, ...], part: int) -> str:
    """The accuracy of the parts that are not shown."""
    known = [f"{PART_WORDS[i]} {share_words(share)}" for i, share in enumerate(shares) if i != part and share.n]
    return " · ".join(known)


def sequence_words(name: str, true: str, told: str) -> str:
    """What stands above a sequence."""
    return f"Sequence {name}: {true}, told to be {told}" if true != told else f"Sequence {name}: {true}, told right"


def explanation(looks_at: str, converged: bool) -> str:
    """Generative against discriminative, in two sentences.

    Arguments:
        looks_at: the figures of a sequence that the rival is given.
        converged: whether the rival had.
    """
    figures = f"the {looks_at}" if looks_at else "a few figures of each sequence"
    late = "" if converged else " It had not converged."
    return (
        "Generative: an HMM learns what each class looks like, p(sequence | class), and Bayes’ theorem tells the "
        "class; it can sample, score and explain too.\n"
        f"Discriminative: {RIVAL.lower()} learns only where classes part, p(class | sequence), here from {figures}; "
        f"with much data that is often the surer way, with little the generative one.{late}"
    )
