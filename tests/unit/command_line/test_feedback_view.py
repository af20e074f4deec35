import pytest
from rich.cells import cell_len

from chorus.feedback.v1 import merged_pb2
from chorus_command_line.english import ENGLISH
from chorus_command_line.feedback_view import feedback
from chorus_command_line.korean import KOREAN
from chorus_command_line.words import Words
from tests.unit.command_line.messages import (
    ENGLISH_TEXT,
    ESTIMATED,
    KOREAN_TEXT,
    UNKNOWN,
    anchor,
    answered,
    asked,
    improvement,
    merged_point,
    plain,
    response,
    strength,
    usage,
)

JUNK = "Kids who grow vegetables never eat junk food."
SURE = "책을 많이 읽는 학생은 반드시 성적이 오른다."
MODELS = ["openai/gpt-4o", "openai/gpt-4o-mini", "google/gemini"]


def english(merged: merged_pb2.MergedFeedback) -> str:
    return plain(feedback(asked(ENGLISH_TEXT), response(merged), {}, ENGLISH))


def unwrapped(merged: merged_pb2.MergedFeedback) -> str:
    return " ".join(english(merged).split())


def korean(merged: merged_pb2.MergedFeedback) -> str:
    return plain(feedback(asked(KOREAN_TEXT), response(merged), {}, KOREAN))


def test_a_point_says_what_where_why_what_next_and_who() -> None:
    point = improvement(ENGLISH_TEXT, JUNK)
    merged = merged_pb2.MergedFeedback(
        points=[merged_point("a", point, MODELS, merged_pb2.AGREEMENT_CONSENSUS, families=2)]
    )
    assert (
        "1. To improve (importance: major) · evidence — criterion: Reasons\n"
        f"   “{JUNK}”  (line 2, character 1)\n"
        "   Nothing bears this out.\n"
        "   Why: A reader doubts it.\n"
        "   Next: Look for a study.\n"
        "   For example: Many of them eat less of it.\n"
        "   3 models of 2 families: openai/gpt-4o, openai/gpt-4o-mini, google/gemini\n"
    ) in english(merged)


def test_labels_are_in_the_feedbacks_language() -> None:
    point = improvement(KOREAN_TEXT, SURE)
    merged = merged_pb2.MergedFeedback(
        points=[merged_point("a", point, MODELS[:2], merged_pb2.AGREEMENT_SINGLE)]
    )
    assert (
        "1. 고칠 점 (중요도: 높음) · 근거 — 기준: Reasons\n"
        f"   “{SURE}”  (2번째 줄 1번째 글자)\n"
        "   Nothing bears this out.\n"
        "   이유: A reader doubts it.\n"
        "   다음에 할 일: Look for a study.\n"
        "   고쳐 쓴 예: Many of them eat less of it.\n"
        "   한 계통의 검토기만 낸 의견이에요: openai/gpt-4o, openai/gpt-4o-mini\n"
    ) in korean(merged)


def test_points_that_contradict_name_each_other_by_number() -> None:
    merged = merged_pb2.MergedFeedback(
        points=[
            merged_point("a", strength(), MODELS[:1], merged_pb2.AGREEMENT_CONTESTED, contradicts=("b",)),
            merged_point(
                "b",
                improvement(ENGLISH_TEXT, JUNK),
                MODELS[2:],
                merged_pb2.AGREEMENT_CONTESTED,
                contradicts=("a",),
            ),
        ]
    )
    shown = english(merged)
    assert "contested (the opposite is said in point 2): openai/gpt-4o\n" in shown
    assert "contested (the opposite is said in point 1): google/gemini\n" in shown


def test_a_strength_has_no_severity_and_a_point_without_an_anchor_is_about_the_whole() -> None:
    merged = merged_pb2.MergedFeedback(
        points=[merged_point("a", strength(), MODELS[:1], merged_pb2.AGREEMENT_SINGLE)]
    )
    assert "1. Strength · clarity of the claim\n   About the whole text\n" in english(merged)
    assert "1. 잘한 점 · 주장의 명확성\n   글 전체에 대한 의견\n" in korean(merged)


def test_scores_have_ranges_contested_ones_only_a_range_and_unscored_ones_say_so() -> None:
    merged = merged_pb2.MergedFeedback(
        scores=[
            merged_pb2.MergedScore(
                criterion_id="claim",
                score=3.4,
                low=2.9,
                high=3.9,
                agreement=merged_pb2.AGREEMENT_SUPPORTED,
            ),
            merged_pb2.MergedScore(
                criterion_id="evidence", low=1.5, high=4, agreement=merged_pb2.AGREEMENT_CONTESTED
            ),
            merged_pb2.MergedScore(criterion_id="norms"),
        ]
    )
    lines = [line.split() for line in english(merged).splitlines()]
    assert ["Claim", "3.4", "2.9–3.9", "two", "families", "agree", "scale", "1–5"] in lines
    assert ["Reasons", "1.5–4.0", "contested", "scale", "1–5"] in lines
    assert "not scored: Conventions" in english(merged)
    assert "Total: none (a criterion that counts has no score)" in english(merged)
    assert "채점하지 않았어요: Conventions" in korean(merged)
    del merged.scores[:2]
    assert "No reviewer gave a score." in english(merged)
    assert "Conventions" not in english(merged)


def test_the_total_is_out_of_a_hundred() -> None:
    merged = merged_pb2.MergedFeedback(
        scores=[merged_pb2.MergedScore(criterion_id="claim", score=3, low=2, high=4)], total=0.675
    )
    assert "Total: 68 / 100" in english(merged)


def test_the_summary_says_which_points_it_rests_on_and_who_worded_it() -> None:
    sentence = merged_pb2.Summary.Sentence
    merged = merged_pb2.MergedFeedback(
        points=[
            merged_point("a", strength(), MODELS[:1], merged_pb2.AGREEMENT_SINGLE),
            merged_point("b", improvement(ENGLISH_TEXT, JUNK), MODELS[:1], merged_pb2.AGREEMENT_SINGLE),
        ],
        summary=merged_pb2.Summary(
            model="openai/gpt-4o",
            sentences=[
                sentence(text="Clear from the start.", point_ids=["a"], kind=sentence.KIND_STRENGTH),
                sentence(text="Find a source.", point_ids=["b", "a"], kind=sentence.KIND_NEXT_STEP),
            ],
        ),
    )
    assert (
        "In short (worded by openai/gpt-4o)\n   + Clear from the start. (1)\n   → Find a source. (2, 1)\n"
    ) in english(merged)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (ENGLISH, "2 of 3 models answered, and all are of one family: this is one family's opinion, not"),
        (KOREAN, "모델 3개 중 2개가 답했고 모두 같은 계통이에요. 패널의 의견이 아니라 한 계통의 의견이에요."),
    ],
)
def test_one_family_is_called_no_panel(words: Words, said: str) -> None:
    panel = merged_pb2.Panel(
        state=merged_pb2.Panel.STATE_SINGLE,
        asked=3,
        answered=2,
        families_answered=1,
        missing=["openai/gpt-4o"],
    )
    shown = plain(feedback(asked(ENGLISH_TEXT), response(merged_pb2.MergedFeedback(panel=panel)), {}, words))
    assert said in shown
    assert f"{words.feedback.missing}: openai/gpt-4o\n" in shown


LOOKED_AT = "spelling, spacing, register, structure"
RULES_IN_KOREAN = "맞춤법, 띄어쓰기, 문체, 글의 짜임"
PROOFREADERS = ("chorus/proofreader-language", "chorus/proofreader-structure")
ALONE = merged_pb2.Panel(state=merged_pb2.Panel.STATE_SINGLE, families_answered=1)
TWO_FAMILIES = merged_pb2.Panel(state=merged_pb2.Panel.STATE_COMPLETE, families_answered=2)


@pytest.mark.parametrize(
    ("models", "panel", "words", "said"),
    [
        (
            PROOFREADERS,
            ALONE,
            ENGLISH,
            f"{ENGLISH.feedback.read_by_rule.format(looked_at=LOOKED_AT)} {ENGLISH.feedback.no_panel}",
        ),
        (
            PROOFREADERS,
            ALONE,
            KOREAN,
            f"언어 모델 없이 규칙으로만 읽었어요 ({RULES_IN_KOREAN}). {KOREAN.feedback.no_panel}",
        ),
        (
            (MODELS[0], MODELS[2]),
            TWO_FAMILIES,
            ENGLISH,
            "Read by language models: 2 (families: 2; one maker's are one family).",
        ),
        (
            (MODELS[0], PROOFREADERS[1]),
            TWO_FAMILIES,
            ENGLISH,
            f"{ENGLISH.feedback.read_by_models.format(models=1, families=1)} Read by rule, too (structure).",
        ),
    ],
)
def test_who_read_the_text_is_said_first(
    models: tuple[str, ...], panel: merged_pb2.Panel, words: Words, said: str
) -> None:
    answer = response(merged_pb2.MergedFeedback(panel=panel))
    answer.results.extend(answered(*models))
    assert plain(feedback(asked(ENGLISH_TEXT), answer, {}, words)).splitlines()[:2] == ["", said]


def test_a_text_that_only_rules_have_read_is_not_called_perfect() -> None:
    answer = response(merged_pb2.MergedFeedback(panel=ALONE))
    answer.results.extend(answered(PROOFREADERS[0]))
    shown = plain(feedback(asked(ENGLISH_TEXT), answer, {}, ENGLISH))
    assert "only rules looked (spelling, spacing, register)" in shown
    answer.results.extend(answered(MODELS[0]))
    assert f"\n{ENGLISH.feedback.no_points}\n" in plain(feedback(asked(ENGLISH_TEXT), answer, {}, ENGLISH))


def test_models_have_their_names_for_people() -> None:
    merged = merged_pb2.MergedFeedback(
        points=[merged_point("a", strength(), [*MODELS[:2], PROOFREADERS[0]], merged_pb2.AGREEMENT_SUPPORTED)]
    )
    shown = plain(feedback(asked(ENGLISH_TEXT), response(merged), {MODELS[0]: "GPT-4o"}, ENGLISH))
    assert ": GPT-4o, openai/gpt-4o-mini, language rules\n" in shown


def test_a_summary_that_the_model_asked_for_did_not_word_says_so() -> None:
    sentence = merged_pb2.Summary.Sentence(text="Find a source.")
    merged = merged_pb2.MergedFeedback(summary=merged_pb2.Summary(sentences=[sentence]))
    request = asked(ENGLISH_TEXT, summary_model=MODELS[0])
    assert "In short (worded by a template; nothing usable came from openai/gpt-4o)\n" in plain(
        feedback(request, response(merged), {}, ENGLISH)
    )
    assert "In short\n" in english(merged)


def test_suspected_injections_are_shown_with_their_place() -> None:
    merged = merged_pb2.MergedFeedback(suspected_injections=[anchor(ENGLISH_TEXT, "The end.")])
    shown = english(merged)
    assert f"{ENGLISH.feedback.injections_heading}\n   “The end.”  (line 3, character 1)\n" in shown
    assert ENGLISH.feedback.injections_unconfirmed in shown


@pytest.mark.parametrize("words", [ENGLISH, KOREAN])
def test_a_suspicion_is_a_question_to_the_teacher_and_no_verdict(words: Words) -> None:
    assert words.feedback.injections_heading.endswith("?")
    notes = words.feedback.injections_note, words.feedback.injections_unconfirmed
    said = " ".join((*notes, words.feedback.injections_confirmed)).casefold()
    verdicts = (
        "cheat",
        "manipulat",
        "attack",
        "suspect",
        "steer",
        "inject",
        "부정",
        "조작",
        "공격",
        "의심",
        "속이",
    )
    assert [each for each in verdicts if each in said] == []


def test_what_a_confirmed_injection_did_to_the_scores_is_said() -> None:
    passage = anchor(ENGLISH_TEXT, "The end.")
    merged = merged_pb2.MergedFeedback(suspected_injections=[passage])
    assert ENGLISH.feedback.injections_confirmed not in unwrapped(merged)
    merged.confirmed_injections.append(passage)
    assert ENGLISH.feedback.injections_confirmed in unwrapped(merged)
    assert ENGLISH.feedback.injections_unconfirmed not in unwrapped(merged)


def test_the_cost_says_how_far_it_can_be_trusted() -> None:
    answer = response(merged_pb2.MergedFeedback())
    assert "Cost: $0.0019 (measured); 1,200 tokens in, 640 out" in plain(
        feedback(asked(ENGLISH_TEXT), answer, {}, ENGLISH)
    )
    answer.usage.CopyFrom(usage(1_900_000, ESTIMATED))
    assert "비용: $0.0019 (추정값)" in plain(feedback(asked(ENGLISH_TEXT), answer, {}, KOREAN))
    answer.usage.CopyFrom(usage(1_900_000, UNKNOWN))
    assert "Cost: at least $0.0019 (unknown:" in plain(feedback(asked(ENGLISH_TEXT), answer, {}, ENGLISH))
    answer.usage.CopyFrom(usage(None))
    assert "Cost: unknown;" in plain(feedback(asked(ENGLISH_TEXT), answer, {}, ENGLISH))


def test_a_replayed_answer_says_that_nothing_was_paid() -> None:
    answer = response(merged_pb2.MergedFeedback())
    assert ENGLISH.feedback.replayed not in plain(feedback(asked(ENGLISH_TEXT), answer, {}, ENGLISH))
    answer.replayed = True
    assert ENGLISH.feedback.replayed in plain(feedback(asked(ENGLISH_TEXT), answer, {}, ENGLISH))


def test_korean_wraps_between_words_inside_of_the_width_and_stays_indented() -> None:
    point = improvement(KOREAN_TEXT, SURE)
    point.observation = "단정한 문장에는 근거가 필요해요. " * 5
    merged = merged_pb2.MergedFeedback(
        points=[merged_point("a", point, MODELS[:1], merged_pb2.AGREEMENT_SINGLE)]
    )
    shown = plain(feedback(asked(KOREAN_TEXT), response(merged), {}, KOREAN), width=40).splitlines()
    assert max(map(cell_len, shown)) <= 40
    paragraph = [line for line in shown if set(line.split()) <= {*point.observation.split()} and line.strip()]
    assert len(paragraph) > 2
    assert all(line.startswith("   ") for line in paragraph)
    assert " ".join(" ".join(paragraph).split()) == point.observation.strip()


def test_control_characters_and_markup_of_a_text_are_shown_and_not_obeyed() -> None:
    text = "An \x1b[31mescape, [bold]markup[/] and\na line break."
    merged = merged_pb2.MergedFeedback(
        points=[merged_point("a", improvement(text, text), MODELS[:1], merged_pb2.AGREEMENT_SINGLE)]
    )
    shown = plain(feedback(asked(text), response(merged), {}, ENGLISH))
    assert "“An <U+001B>[31mescape, [bold]markup[/] and↵a line break.”" in shown
