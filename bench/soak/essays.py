"""The essays of the soak: English and Korean, each with a number by which the provider knows it again."""

from dataclasses import dataclass

# How the number of an essay stands in its text.
NUMBER = r"room (\d+)"
_ENGLISH = (
    "Our school needs a garden. Students would learn how plants grow, becuase they see it. "
    "A garden is worth its cost. Our class is in room {}."
)
_KOREAN = (
    "우리 학교에는 텃밭이 필요합니다. 왜냐하면 학생들이 식물을 직접 볼수 있다. "
    "텃밭은 그만한 값어치가 있습니다. 우리 반은 room {} 입니다."
)
_TEXTS = (("en", _ENGLISH), ("ko", _KOREAN))


@dataclass(frozen=True, slots=True)
class Essay:
    """A text and its language."""

    text: str
    language: str


def essay_of(number: int) -> Essay:
    """Returns the essay of a number: every other one is Korean."""
    language, text = _TEXTS[number % len(_TEXTS)]
    return Essay(text.format(number), language)
