"""What copies of the real Gemma 3 270M may lose: the figures of docs/gemma.md, and a seventh more."""

from collections.abc import Mapping

# On this many rows of each language, which are few: others lose another amount.
ROWS = 4
# KL divergence from bf16 in nats.
MOST_LOST: Mapping[tuple[str, str], float] = {
    ("int8", "en"): 0.0080,
    ("int8", "ko"): 0.0161,
    ("int4h8", "en"): 0.098,
    ("int4h8", "ko"): 0.103,
}


def beyond_limits(lost: Mapping[tuple[str, str], float]) -> list[str]:
    """Says which divergences, by form and language, are beyond their limits; what has none is not held."""
    return [
        f"{form} loses {lost[form, language]:.4f} nats in {language}, more than {most:.4f}"
        for (form, language), most in MOST_LOST.items()
        # A divergence that is no number is beyond every limit.
        if (form, language) in lost and not lost[form, language] <= most
    ]
