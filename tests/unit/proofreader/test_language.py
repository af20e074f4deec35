import functools

import pytest

from services.proofreader.finding import Finding
from services.proofreader.parsed_text import ParsedText
from services.proofreader.reading import Reading
from services.proofreader.rule_reviewers import load_reviewers

reviewers = functools.cache(load_reviewers)


def _found(text: str, language: str) -> list[Finding]:
    return reviewers()[0].review(ParsedText.read(text, language), Reading())


@pytest.mark.parametrize(
    ("text", "issue", "quote", "rewrite"),
    [
        ("어제 친구하고 캍이 갔다.", "spelling", "캍이", "같이"),
        ("가장 중요한 이유는 떄문에 생긴다.", "spelling", "떄문에", "때문에"),
        ("한국 음식이 정말 맛있어서 매일 음삭을 먹는다.", "spelling", "음삭을", "음식을"),
        ("그 일은 잘 됬다.", "spelling", "됬다", "됐다"),
        ("집에서는 집중이 않 된다.", "spelling", "않 된다", "안 된다"),
        ("기억이 않 난다.", "spelling", "않 난다", "안 난다"),
        ("그러면 않된다.", "spelling", "않된다", "안 된다"),
        ("나는 밥을 먹지 안았다.", "spelling", "먹지 안았다", "먹지 않았다"),
        ("그것은 그렇지 안다.", "spelling", "안다", "않다"),
        ("그렇게 됀다.", "spelling", "됀다", "된다"),
        ("그것은 됀다고 한다.", "spelling", "됀다고", "된다고"),
        ("이제 집에 가야 되.", "spelling", "되", "돼"),
        ("그러면 안 되.", "spelling", "되", "돼"),
        ("나는 문을 잠궜다.", "spelling", "잠궜다", "잠갔다"),
        ("모두 행복하길 바래요.", "spelling", "바래요", "바라요"),
        ("나는 첫번째 줄에 앉았다.", "spacing", "첫번째", "첫 번째"),
        ("방을 깨끗히 치웠다.", "spelling", "깨끗히", "깨끗이"),
        ("이제 나는 어떻해.", "spelling", "어떻해", "어떡해"),
        ("나는 어떻해 할지 모른다.", "spelling", "어떻해", "어떻게"),
        ("그것은 사랑 때문이였다.", "spelling", "때문이였다", "때문이었다"),
        ("오늘은 학교에 갈수 있다.", "spacing", "갈수", "갈 수"),
        ("비가 오기때문에 집에 있다.", "spacing", "오기때문에", "오기 때문에"),
        ("무엇이든 할수있다.", "spacing", "할수있다", "할 수 있다"),
        ("사람이 점점 많아 지고 있다.", "spacing", "많아 지고", "많아지고"),
        ("우리는 아침 부터 공부했다.", "spacing", "아침 부터", "아침부터"),
        ("동생은 밥를 먹는다.", "sentence_error", "밥를", "밥을"),
        ("나는 밥을 먹었다 . 그리고 잤다.", "punctuation", "먹었다 .", "먹었다."),
        ("나는 밥을 먹었다.그리고 잤다.", "punctuation", "먹었다.그리고", "먹었다. 그리고"),
    ],
)
def test_mends_korean(text: str, issue: str, quote: str, rewrite: str) -> None:
    found = [(each.issue, text[each.start : each.end], each.rewrite) for each in _found(text, "ko")]
    assert (issue, quote, rewrite) in found


@pytest.mark.parametrize(
    ("text", "issue", "quote", "rewrite"),
    [
        ("They had some boundries there.", "spelling", "boundries", "boundaries"),
        ("This is a seperate matter.", "spelling", "seperate", "separate"),
        ("I know wich one it is.", "spelling", "wich", "which"),
        ("They dont know it.", "spelling", "dont", "don't"),
        ("They will dissapear tomorow.", "spelling", "dissapear", "disappear"),
        ("They will dissapear tomorow.", "spelling", "tomorow", "tomorrow"),
        ("I seperated the beans. My freind Jihoon were late.", "spelling", "seperated", "separated"),
        ("I seperated the beans. My freind Jihoon were late.", "spelling", "freind", "friend"),
        ("Becuase it rained, I stayed.", "spelling", "Becuase", "Because"),
        ("I dont. I dont. I dont.", "spelling", "dont", "don't"),
        ("It was neccesary untill now.", "spelling", "neccesary", "necessary"),
        ("It was neccesary untill now.", "spelling", "untill", "until"),
        ("It occured to the tomatos.", "spelling", "occured", "occurred"),
        ("It occured to the tomatos.", "spelling", "tomatos", "tomatoes"),
        ("Alot of it is here.", "spelling", "Alot", "A lot"),
        ("They have there own idea.", "word_choice", "have there own", "have their own"),
        ("I ate to much.", "word_choice", "ate to much", "ate too much"),
        ("It is to late to go.", "word_choice", "It is to late", "It is too late"),
        ("It has it's own bowl.", "word_choice", "it's own", "its own"),
        ("Its a dog.", "word_choice", "Its", "It's"),
        ("The end of it's tail is white.", "word_choice", "of it's tail", "of its tail"),
        ("I should of known that.", "word_choice", "should of", "should have"),
        ("It has the affects of a drug.", "word_choice", "the affects", "the effects"),
        ("It emphasizes the the need.", "repetition", "the the", "the"),
        ("It ended .", "punctuation", "ended .", "ended."),
        ("First this,then that.", "punctuation", "this,then", "this, then"),
    ],
)
def test_mends_english(text: str, issue: str, quote: str, rewrite: str) -> None:
    found = [(each.issue, text[each.start : each.end], each.rewrite) for each in _found(text, "en")]
    assert (issue, quote, rewrite) in found


@pytest.mark.parametrize(
    ("word", "rewrite"),
    [
        ("usefull", "useful"),
        ("beautifull", "beautiful"),
        ("helpfull", "helpful"),
        ("carefull", "careful"),
        ("wonderfull", "wonderful"),
        ("programm", "program"),
    ],
)
def test_a_doubled_letter_is_likelier_than_a_lost_one(word: str, rewrite: str) -> None:
    assert [each.rewrite for each in _found(f"It was a {word} thing.", "en")] == [rewrite]


@pytest.mark.parametrize(
    "text",
    [
        # Names, also such as no dictionary knows, and words of address.
        "나오코 씨와 유카 씨는 오키나와에서 왔다. 차은우와 아이유도 왔다.",
        # What the rules allow both ways.
        "밥을 먹어 보고 다시 먹어봤다. 두시에 만나서 공부했다. 한국대학교 도서관에 간다.",
        "못하는 일이 없고 안되는 일도 없다. 할 뿐만 아니라 그만큼 한다. 이 사람의 것이다.",
        "나는 “캍이 갔다.”라고 쓴 글을 보았다. 《음삭》이라는 책이다.",
        # A dog held in one's arms, a known thing, a measure, a colour that fades.
        "강아지 안고 갔다. 무엇인지 안다. 왜 그런지 안다. 쌀이 한 되. 옷이 바래서 버렸다.",
        "밥을 먹지 않고 공부를 않는 사람은 없다.",
        # New words, foreign words, numbers.
        "챗봇과 유튜브, 인스타그램을 쓴다. 3.5점을 받았다. https://example.org/갈수 참고.",
        "글을 쓸 때는 먼저 무엇을 말하고 싶은지 정해야 한다. 그래야 읽는 사람이 이해하기 쉽다.",
    ],
)
def test_is_silent_about_good_korean(text: str) -> None:
    assert [(each.wording, text[each.start : each.end]) for each in _found(text, "ko")] == []


@pytest.mark.parametrize(
    "text",
    [
        "The behaviour of labour markets, as analysed here, favours the centre.",
        "Chatbots, lockdowns and datasets are new words; telecollaborative learning is another.",
        "Naoko and Khalid live in Montréal; Rodríguez (2019) wrote so.",
        "He wrote “I should of known it” in `boundries.py`, see https://exmple.org/seperate?a=b,c.",
        "The term cannabis sativa stands for a plant, and ius in bello for a law.",
        "Those living there own cars, and it amounts to much, due to much rain.",
        "He is to many a hero; its a priori value and its not insignificant size count; it is to be.",
        "Three work arounds, two walk throughs and their go betweens helped us.",
        "Many doctor visits are free. There were two student tickets in the box. Do teacher reports help?",
        "She had had enough of 1,000 e.g. 2.5 things, i.e. of all that that implies.",
    ],
)
def test_is_silent_about_good_english(text: str) -> None:
    assert [(each.wording, text[each.start : each.end]) for each in _found(text, "en")] == []


def test_the_space_after_a_word_is_no_part_of_its_fault() -> None:
    text = "I have studied history since three years."
    (point,) = [each for each in _found(text, "en") if text[each.start : each.end].strip() == "since"]
    assert (text[point.start : point.end], point.rewrite) == ("since", "for")


def test_names_sentences_that_leave_the_register() -> None:
    text = "저는 학생입니다. 공부를 합니다. 책을 읽어요. 집에 갑니다. 잠을 잡니다."
    (mixed,) = [each for each in _found(text, "ko") if each.issue == "register_mix"]
    assert text[mixed.start : mixed.end] == "책을 읽어요."
    assert mixed.values["main"] == "하십시오체"


def test_does_not_speak_of_a_register_that_is_kept() -> None:
    text = " ".join(f"나는 책을 {number}번 읽었다." for number in range(7))
    assert [each.wording for each in _found(text, "ko") if each.issue == "register_mix"] == []


def test_a_question_to_everybody_keeps_the_formal_register() -> None:
    text = "바다가 울고 있습니다. 우리는 무엇을 해야 할까요? 저는 빨대를 쓰지 않습니다. 감사합니다. 끝입니다."
    assert [each.wording for each in _found(text, "ko") if each.issue == "register_mix"] == []


@pytest.mark.parametrize(
    "text",
    [
        "저는 학생입니다. 공부를 합니다. 알은 하나뿐이지요. 참 좋네요. 집에 갑니다. 같이 갑시다.",
        "참 깔끔하네요. 두 가지만 말할게요. 요청이 멈춥니다. 그렇게 해 주세요. 잘 되어 있어요.",
        "문이 열린다. 안나가 들어온다.\n안나: 누구세요? 들어오세요.\n빛이 꺼진다. 막이 내린다.",
    ],
    ids=["endings that no formal one stands for", "formal now and then", "a play"],
)
def test_a_natural_change_of_style_is_no_fault(text: str) -> None:
    assert [each.wording for each in _found(text, "ko") if each.issue == "register_mix"] == []


def test_a_text_in_two_polite_styles_is_told() -> None:
    text = "저는 학생이에요. 공부를 합니다. 책을 읽어요. 집에 갑니다. 잠을 자요. 일어나요. 물도 마십니다."
    assert [each.wording for each in _found(text, "ko")] == ["register_mixed"] * 2


@pytest.mark.parametrize("text", ["haha\nhaha yes", "we sing\nsing on\nall night", "No no, please please."])
def test_a_word_may_be_taken_up_on_purpose(text: str) -> None:
    assert [each.wording for each in _found(text, "en") if each.issue == "repetition"] == []


def test_no_correction_is_offered_where_another_word_sounds_as_it_is_written() -> None:
    found = _found("아침에 창문을 닥고 나서 밥을 먹었어요.", "ko")
    assert [(each.wording, each.rewrite) for each in found] == [("spelling_unsure", "")]


@pytest.mark.parametrize(("language", "word"), [("ko", "그리고 "), ("en", "and so ")])
def test_names_an_overlong_sentence(language: str, word: str) -> None:
    text = word * 50 + "end."
    assert "long_sentence" in {each.wording for each in _found(text, language)}


def test_an_ending_is_not_taken_for_a_noun() -> None:
    text = "어떻해 할지 학생회에서 먼저 의논해 보면 좋겠다."
    assert "spacing_missing" not in {each.wording for each in _found(text, "ko")}


def test_looks_at_a_long_text_in_bounded_time() -> None:
    steps = 0

    def count_step(_: float) -> None:
        nonlocal steps
        steps += 1

    text = "우리는 캍이 갔다. " * 3 + "나는 깉이 먹었다. 가켝이 비싸다. " + "밥을 먹는다. " * 2000
    reviewers()[0].review(ParsedText.read(text, "ko"), Reading(let_others=count_step))
    assert steps < 20 * 2005 + 200
