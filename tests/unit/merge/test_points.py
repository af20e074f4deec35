import pytest

from chorus.feedback.v1 import feedback_pb2, merged_pb2
from orchestrator.merge.remedies import remedy_of
from orchestrator.rubrics.default import default_rubric
from tests.unit.merge.panels import (
    IMPROVEMENT,
    QUESTION,
    STRENGTH,
    merged,
    models,
    opinion,
    point,
    scores,
)


def joined(one: feedback_pb2.Point, other: feedback_pb2.Point) -> bool:
    return len(merged(opinion("a", one), opinion("b", other)).points) == 1


OTHER_WORDS = "Nothing backs this up."


@pytest.mark.parametrize(
    ("changes", "same"),
    [
        ({}, True),
        ({"place": (5, 18)}, True),
        ({"place": (20, 38)}, False),
        ({"place": (20, 38), "observation": "There is no evidence here"}, False),
        ({"place": (60, 78), "observation": "There is no evidence here"}, False),
        ({"place": None}, False),
        ({"issue": "evidence_irrelevant", "observation": "Off-topic.", "place": (0, 10)}, False),
        ({"polarity": QUESTION}, True),
        ({"polarity": STRENGTH}, False),
        ({"issue": "depth"}, True),
        ({"issue": "depth", "place": None}, False),
        ({"issue": "transition", "observation": "No evidence leads from one to the other."}, True),
        ({"issue": "transition", "observation": "The jump to the next sentence is sudden."}, False),
        ({"issue": "citation"}, True),
        ({"issue": "word_choice", "observation": "The adjective is too weak."}, False),
        ({"issue": "other", "observation": "The claim comes without evidence."}, True),
        ({"issue": "other", "observation": "The adjective is too weak."}, False),
        ({"issue": "other", "observation": "Hm."}, False),
        ({"criterion": ""}, True),
        ({"criterion": "", "issue": "concision", "place": (15, 38)}, False),
    ],
)
def test_points_are_one_if_place_issue_and_words_say_so(changes: dict[str, object], same: bool) -> None:
    assert joined(point(), point(**{"observation": OTHER_WORDS, **changes})) is same  # type: ignore[arg-type]


@pytest.mark.parametrize("place", [(0, 18), None])
def test_that_both_file_a_point_under_other_joins_nothing(place: tuple[int, int] | None) -> None:
    one = point(issue="other", place=place, observation="The adjective is too weak.")
    for observation in ("Who says so? Name the source.", "Hm."):
        assert not joined(one, point(issue="other", place=place, observation=observation)), observation


def test_points_that_name_other_words_of_one_passage_are_two() -> None:
    for words, same in (("'numbers'", True), ("'Sentence'", False)):
        one = point(issue="spelling", criterion="conventions", observation="'numbers' is misspelt.")
        other = point(
            issue="spelling", criterion="conventions", observation=f"Check the spelling of {words}."
        )
        assert joined(one, other) is same, words


def test_contrary_advice_is_no_one_point() -> None:
    one = point(issue="depth", observation="This part is of no use as it is.", next_step="Cut it.")
    other = point(issue="depth", observation="Too little is said of it.", next_step="Add an example.")
    assert not joined(one, other)
    assert joined(one, point(issue="depth", observation="It says nothing.", next_step="Leave it out."))


def test_a_point_about_the_whole_is_one_with_a_part_only_where_a_text_has_one_such_thing() -> None:
    for issue, same in (("conclusion", True), ("transition", False)):
        part, whole = (point(issue=issue, place=place) for place in ((100, 118), None))
        assert joined(part, whole) is same, issue
    assert joined(point(place=None), point(place=None, observation=OTHER_WORDS))


@pytest.mark.parametrize(
    "other", [{"suggested_rewrite": "The sentence number 1"}, {"observation": "Write ‘number’ here."}]
)
def test_who_puts_the_same_words_in_speaks_of_one_fault(other: dict[str, str]) -> None:
    first = point(issue="word_choice", place=(0, 16), observation="One.", suggested_rewrite="Sentence number")
    second = {"issue": "sentence_error", "observation": "Other.", **other}
    assert joined(first, point(**second))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (("conclusion", "There is no conclusion."), ("introduction", "There is no introduction.")),
        (("conclusion", "It stops suddenly and has no ending."),
         ("transition", "Sentences follow without linking words.")),
        (("depth", "The ideas are not developed."), ("counterview_missing", "The other side is missing.")),
        (("sentence_error", "The tense shifts."), ("register_mix", "The tone moves about.")),
    ],
)  # fmt: skip
def test_two_issues_of_the_whole_text_are_two_points(one: tuple[str, str], other: tuple[str, str]) -> None:
    points = [point(issue=issue, place=None, observation=words) for issue, words in (one, other)]
    assert not joined(*points)


def test_named_words_are_looked_for_in_a_quotation_of_a_hundred_words_at_most() -> None:
    named = "".join(f'"word{number}" ' for number in range(100))
    short, long = ([f"word{number}" for number in range(count)] for count in (100, 101))
    assert remedy_of(named, "", short).words_in_question == set(short)
    assert remedy_of(named, "", long).words_in_question == set()


def test_words_that_a_remedy_names_count_as_those_that_it_writes() -> None:
    quoted = ["the", "leaf", "makes", "it's", "chlorophyll"]
    named = remedy_of('It is "its chlorophyll", not "it\'s".', "", quoted)
    written = remedy_of("No apostrophe.", "the leaf makes its chlorophyll", quoted)
    assert named.new_words == written.new_words == {"its"}
    assert named.words_in_question == written.words_in_question == {"it's"}


def test_two_conventions_are_two_faults_but_for_one_that_is_called_spelling() -> None:
    one = point(issue="spelling", criterion="conventions")
    for issue, same in (("spacing", True), ("citation", False), ("punctuation", True)):
        assert joined(one, point(issue=issue, criterion="conventions")) is same, issue


def test_conventions_are_joined_only_where_they_overlap() -> None:
    one = point(issue="spelling", criterion="conventions", place=(0, 8), observation="Wrong spelling.")
    near = point(issue="spelling", criterion="conventions", place=(9, 15), observation="Wrong spelling!")
    assert not joined(one, near)
    assert joined(one, point(issue="spelling", criterion="conventions", place=(0, 8), observation="Typo."))


def test_points_that_stand_apart_are_one_only_if_they_name_sentences_in_common() -> None:
    words = "“numbers” is misspelt each time."
    one = point(issue="spelling", criterion="conventions", place=(9, 16), observation=words)
    for sentence_ids, same in ((["S1", "S3", "S4"], True), (["S3", "S4"], False)):
        other = point(
            issue="spelling",
            criterion="conventions",
            place=(49, 56),
            observation=words,
            sentence_ids=sentence_ids,
        )
        first = feedback_pb2.Point()
        first.CopyFrom(one)
        first.sentences.extend(other.sentences[-2:])
        assert joined(first if same else one, other) is same, sentence_ids


def test_a_question_is_never_one_point_with_praise() -> None:
    words = "You name the source of each figure."
    for polarity, same in ((STRENGTH, True), (QUESTION, False), (IMPROVEMENT, False)):
        praise, other = (point(polarity=each, observation=words) for each in (STRENGTH, polarity))
        assert joined(praise, other) is same


def test_two_points_of_one_model_stay_two_even_through_a_third() -> None:
    result = merged(
        opinion("a", point("p1"), point("p2", observation="Evidence is lacking here.")),
        opinion("b", point()),
    )
    assert sorted(len(each.members) for each in result.points) == [1, 2]


def test_an_average_joins_not_one_near_neighbour() -> None:
    result = merged(
        opinion("a", point(place=(0, 18))),
        opinion("b", point(place=(10, 38))),
        opinion("c", point(place=(30, 58), issue="claim_unclear", criterion="")),
    )
    assert [models(each) for each in result.points] == [{"a", "b"}, {"c"}]


@pytest.mark.parametrize(
    ("families", "count", "agreement"),
    [
        (("x",), 1, merged_pb2.AGREEMENT_SINGLE),
        (("x", "x", "x"), 1, merged_pb2.AGREEMENT_SINGLE),
        (("x", "y"), 2, merged_pb2.AGREEMENT_SUPPORTED),
        (("x", "x", "y"), 2, merged_pb2.AGREEMENT_CONSENSUS),
        (("x", "y", "z"), 3, merged_pb2.AGREEMENT_CONSENSUS),
    ],
)
def test_agreement_is_counted_by_family(
    families: tuple[str, ...], count: int, agreement: merged_pb2.Agreement.ValueType
) -> None:
    (only,) = merged(*(opinion(f"m{n}", point(), family=each) for n, each in enumerate(families))).points
    assert (only.families, only.agreement) == (count, agreement)


def test_a_contradiction_keeps_both_and_links_them() -> None:
    result = merged(
        opinion("a", point(polarity=STRENGTH, observation="Well supported.")),
        opinion("b", point(place=(0, 12))),
        opinion("c", point(place=(80, 98), issue="depth")),
    )
    by_model = {next(iter(models(each))): each for each in result.points}
    assert by_model["a"].agreement == by_model["b"].agreement == merged_pb2.AGREEMENT_CONTESTED
    assert list(by_model["a"].contradicts) == [by_model["b"].id]
    assert list(by_model["b"].contradicts) == [by_model["a"].id]
    assert by_model["c"].agreement == merged_pb2.AGREEMENT_SINGLE


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (point(polarity=STRENGTH), point(place=(14, 38))),
        (point(polarity=STRENGTH), point(polarity=QUESTION)),
        (point(polarity=STRENGTH), point(issue="transition", criterion="organisation")),
        (point(polarity=STRENGTH), point(place=None)),
    ],
)
def test_what_is_no_contradiction(one: feedback_pb2.Point, other: feedback_pb2.Point) -> None:
    result = merged(opinion("a", one), opinion("b", other))
    assert not any(each.contradicts for each in result.points)


def test_one_model_may_praise_and_criticise_the_same_passage() -> None:
    result = merged(opinion("a", point("p1", polarity=STRENGTH), point("p2")))
    assert [each.agreement for each in result.points] == [merged_pb2.AGREEMENT_SINGLE] * 2


def test_the_first_member_is_most_like_the_others_and_word_for_word() -> None:
    result = merged(
        opinion("a", point(observation="Odd one out.", place=(10, 18))),
        opinion("b", point(observation="The claim lacks any evidence.")),
        opinion("c", point(observation="The claim lacks evidence here.")),
    )
    (only,) = result.points
    assert [member.model for member in only.members] == ["b", "c", "a"]
    assert only.members[0].point.observation == "The claim lacks any evidence."


@pytest.mark.parametrize(
    ("rewrite", "first"),
    [("", "model"), ("Bees carry pollen, as Kim counted.", "a-rules")],
)
def test_set_words_of_rules_come_after_what_a_model_says(rewrite: str, first: str) -> None:
    ruled = point(observation="This is a claim, but no reason stands near it.", suggested_rewrite=rewrite)
    said = point(place=(0, 10), suggested_rewrite=rewrite)
    (together,) = merged(opinion("a-rules", ruled, is_rule_based=True), opinion("model", said)).points
    assert together.members[0].model == first


def order(*points: feedback_pb2.Point, given: tuple[float | None, ...] = ()) -> list[str]:
    result = merged(opinion("a", *points, given=scores(*given)))
    return [each.members[0].point.id for each in result.points]


FAR = (100, 118)
NORMALIZED = feedback_pb2.Anchor.MATCH_NORMALIZED
APPROXIMATE = feedback_pb2.Anchor.MATCH_APPROXIMATE


@pytest.mark.parametrize(
    ("first", "second", "given"),
    [
        (point("x", severity=feedback_pb2.SEVERITY_MAJOR, place=FAR), point("y"), ()),
        (point("x"), point("y", place=FAR), ()),
        (point("x", place=FAR), point("y", issue="spelling", criterion="conventions"), ()),
        (point("x", place=FAR), point("y", match=NORMALIZED), ()),
        (point("x", match=NORMALIZED, place=FAR), point("y", match=APPROXIMATE), ()),
        (point("x", issue="transition", criterion="organisation", place=FAR),
         point("y", issue="spelling", criterion="conventions"), (3, 1, 3, 5)),
        (point("x", issue="spelling", criterion="conventions", polarity=STRENGTH, place=FAR),
         point("y", issue="transition", criterion="organisation", polarity=STRENGTH), (3, 1, 3, 5)),
    ],
)  # fmt: skip
def test_what_matters_more_comes_first(
    first: feedback_pb2.Point, second: feedback_pb2.Point, given: tuple[float | None, ...]
) -> None:
    assert order(second, first, given=given) == ["x", "y"]


def test_families_raise_a_point() -> None:
    result = merged(
        opinion("a", point(place=FAR)), opinion("b", point(place=FAR), point("p2", issue="depth"))
    )
    assert [each.families for each in result.points] == [2, 1]
    assert result.points[0].importance == pytest.approx(result.points[1].importance * 1.35)


def test_every_point_has_an_importance_even_where_its_criterion_has_no_weight() -> None:
    rubric = default_rubric("en")
    rubric.criteria[0].weight = 0
    (only,) = merged(opinion("a", point()), rubric=rubric).points
    assert only.importance > 0


def test_a_point_without_a_criterion_gets_ours_in_our_rubric_only() -> None:
    bare = point(criterion="", issue="spelling")
    (ours,) = merged(opinion("a", bare)).points
    assert ours.members[0].point.criterion_id == "conventions"
    own = default_rubric("en")
    own.criteria[0].title = "Mine"
    (theirs,) = merged(opinion("a", bare), rubric=own).points
    assert theirs.members[0].point.criterion_id == ""
    assert bare.criterion_id == ""


def test_ids_are_stable_and_unique() -> None:
    alone = merged(opinion("a", point())).points[0].id
    among = merged(
        opinion("a", point(place=FAR), given=scores(1)),
        opinion("b", point(observation="No evidence at all.")),
        opinion("c", point("p1"), point("p2", observation="Other words for it.")),
    ).points
    assert alone in {each.id for each in among}
    assert len({each.id for each in among}) == len(among)
    assert merged(opinion("a", point(polarity=STRENGTH))).points[0].id != alone
    assert merged(opinion("a", point(polarity=IMPROVEMENT))).points[0].id == alone
