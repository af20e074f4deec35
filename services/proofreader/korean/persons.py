"""Knows the nouns of persons: who is spoken to with honour, and who may act."""

from services.proofreader.korean.words import Word, word_set

PERSONS = word_set(
    "친구 사람 동생 형 누나 오빠 언니 엄마 아빠 어머니 아버지 할머니 할아버지 선생님 학생 아이 아기 부모님 선배 후배 손님 의사 경찰 이웃 외국인 가족 동료 직원 남자 여자 아들 딸 조카 사촌 룸메이트 남편 아내 청소년 어린이 노인 시민 국민 환자 팬 사장님 교수님 여자친구 남자친구"
)
ELDERS = word_set("어머니 아버지 할머니 할아버지 선생님 부모님 사장님 교수님")
_PRONOUNS = word_set("저 나 우리 저희 제 내 너 네 그 그녀")


def person(noun: Word) -> str:
    """Returns the word for a person that a noun is, or ""."""
    head = noun.noun[:-1] if noun.head == "들" else noun.noun
    return head if head in PERSONS else noun.head if noun.head in PERSONS else ""


def is_somebody(noun: Word) -> bool:
    """Returns whether it is a person, or a pronoun for one."""
    return bool(person(noun)) or noun.noun in _PRONOUNS
