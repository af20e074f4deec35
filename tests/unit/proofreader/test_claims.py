"""Tells claims that a text argues for, as students argue, from claims that stand alone."""

import functools

import pytest

from services.proofreader.parsed_text import ParsedText
from services.proofreader.reading import Reading
from services.proofreader.rule_reviewers import load_reviewers

reviewers = functools.cache(load_reviewers)


def _bare(text: str, language: str) -> list[str]:
    findings = reviewers()[1].review(ParsedText.read(text, language), Reading())
    return [text[each.start : each.end] for each in findings if each.wording == "claim_bare"]


@pytest.mark.parametrize(
    "text",
    [
        # The next sentence says why, without "because".
        "I believe that school should start at nine. Teenagers need more sleep than adults do.",
        "In my opinion, school uniforms are good. They make rich and poor pupils look alike.",
        "Students should have less homework. After eight lessons my brain is full, and so is my bag.",
        "I think that zoos must close. An elephant walks forty miles a day in the wild.",
        "We should plant trees beside the road. The noise of the lorries wakes the little ones every night.",
        "I strongly believe that the library must stay open. Where else can we go? Our flat is too small.",
        # The sentence before says why.
        "My brother lost two teeth on that crossing last winter. The government must build a bridge there.",
        "Plastic stays in the sea for four hundred years. People should carry their own bottles.",
        "Phones ring in every lesson. I think they belong in the locker.",
        # An opinion says why something should be done.
        "Schools should offer cooking lessons. I think most of us cannot even boil an egg.",
        # The claim says it itself.
        "We should share our umbrellas to keep each other dry. Good morning to all.",
        "I believe that we learn more if we sit in a circle. Good morning to all.",
        # What the author did is an example where it is about the same.
        "Everyone should try to cook. I cooked for my grandmother on Sunday and she laughed with joy.",
    ],
)
def test_an_english_claim_beside_its_reason_is_left_alone(text: str) -> None:
    assert _bare(text, "en") == []


@pytest.mark.parametrize(
    "text",
    [
        "학교는 아홉 시에 시작해야 한다. 청소년은 어른보다 잠이 더 필요하다.",
        "저는 교복이 좋다고 생각합니다. 교복을 입으면 부자와 가난한 학생의 차이가 보이지 않습니다.",
        "숙제를 줄여야 합니다. 여덟 시간 수업을 듣고 나면 머리도 가방도 꽉 찹니다.",
        "동물원은 문을 닫아야 한다고 생각한다. 코끼리는 들판에서 하루에 60킬로미터를 걷는다.",
        "길가에 나무를 심어야 해요. 밤마다 트럭 소리가 아기들을 깨워요.",
        "도서관은 밤에도 열려 있어야 한다. 어디에서 공부하겠는가? 우리 집은 방 두 칸에 다섯 명이 산다.",
        "작년 겨울에 그 건널목에서 동생이 크게 다쳤다. 정부는 거기에 다리를 놓아야 한다.",
        "플라스틱은 바다에 사백 년 동안 남는다. 사람들은 자기 물병을 들고 다녀야 한다.",
        "수업 시간마다 전화기가 울린다. 나는 전화기를 사물함에 두는 것이 맞다고 생각한다.",
        "학교에서 요리를 가르쳐야 한다. 우리 반에는 달걀도 못 삶는 친구가 많다고 생각한다.",
        "환경을 살리기 위해 우리는 걸어 다녀야 한다. 밥을 먹었다.",
        "누구나 요리를 해 보아야 한다. 나는 일요일에 할머니께 요리를 해 드렸다.",
    ],
)
def test_a_korean_claim_beside_its_reason_is_left_alone(text: str) -> None:
    assert _bare(text, "ko") == []


@pytest.mark.parametrize(
    ("text", "language", "bare"),
    [
        (
            "People should be kind. Schools must be free. Everyone must recycle.",
            "en",
            ["People should be kind.", "Schools must be free."],
        ),
        (
            "What can we do? In my opinion, homework is useless. Do you agree?",
            "en",
            ["In my opinion, homework is useless."],
        ),
        (
            "I went home by bus. We must protect the whales. I met my aunt.",
            "en",
            ["We must protect the whales."],
        ),
        (
            "친절해야 한다. 학교는 무료여야 한다. 모두 나누어야 한다.",
            "ko",
            ["친절해야 한다.", "학교는 무료여야 한다."],
        ),
        (
            "어떻게 할까요? 저는 숙제가 쓸모없다고 생각합니다. 동의하십니까?",
            "ko",
            ["저는 숙제가 쓸모없다고 생각합니다."],
        ),
        (
            "나는 버스로 집에 갔다. 우리는 고래를 지켜야 한다. 나는 이모를 만났다.",
            "ko",
            ["우리는 고래를 지켜야 한다."],
        ),
    ],
)
def test_a_claim_among_claims_questions_and_other_matters_stands_alone(
    text: str, language: str, bare: list[str]
) -> None:
    assert _bare(text, language) == bare
