import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestrator.merge import policy
from orchestrator.merge.calibration import Calibration, RaterProfile
from orchestrator.merge.severity import Limits, ResidualSums, calibrate, peer_references

# A rater who was a level too lenient ten times, against people, and one who was just right.
LENIENT = {"c0": ResidualSums(10, 10.0, 10.0)}
EXACT = {"c0": ResidualSums(10, 0.0, 0.0)}


def test_nobody_known_is_no_calibration() -> None:
    assert calibrate({"a": {}, "b": {}}).id == "none"


def test_severity_against_people_is_taken_as_it_is_but_shrunk() -> None:
    profile = calibrate({"a": LENIENT, "b": EXACT}).profile("a")
    assert profile.severity == pytest.approx(10 / 18)
    assert profile.by_criterion["c0"] == pytest.approx((10 - 10 * 10 / 18) / 18)
    assert calibrate({"a": LENIENT, "b": EXACT}).profile("b").severity == 0


def test_severity_against_each_other_sums_to_nothing() -> None:
    lenient = {"c0": ResidualSums(10, 10.0, 10.0, relative=10.0)}
    found = calibrate({"a": lenient, "b": EXACT, "new": {}})
    assert found.profile("a").severity == pytest.approx(5 / 18)
    assert found.profile("b").severity == pytest.approx(-5 / 18)
    assert found.profile("new").severity == 0


def test_the_steady_count_more_within_bounds() -> None:
    shaky = {"c0": ResidualSums(1000, 0.0, 4000.0, judged=1000)}
    found = calibrate(
        {"shaky": shaky, "steady": {"c0": ResidualSums(1000, 0.0, 1.0, judged=1000)}, "new": {}}
    )
    assert found.profile("shaky").weight == policy.MIN_RATER_WEIGHT
    assert found.profile("steady").weight == policy.MAX_RATER_WEIGHT
    assert found.profile("shaky").standard_deviation == pytest.approx(2, rel=0.01)
    assert found.profile("new").standard_deviation == policy.NEW_RATER_STANDARD_DEVIATION


def test_steadiness_that_no_person_has_seen_counts_for_nothing() -> None:
    def weight(judged: int) -> float:
        shaky = {"c0": ResidualSums(1000, 0.0, 4000.0, judged=judged)}
        return calibrate({"shaky": shaky, "a": EXACT, "b": EXACT}).profile("shaky").weight

    assert weight(0) == 1
    assert 1 > weight(3) > weight(30) == weight(100) == policy.MIN_RATER_WEIGHT


@given(st.lists(st.floats(-4, 4), min_size=2, max_size=6))
def test_what_models_show_of_each_other_moves_no_mean(residuals: list[float]) -> None:
    records = {
        f"m{number}": {"c0": ResidualSums(40, 40 * each, 40 * each**2, relative=40 * each)}
        for number, each in enumerate(residuals)
    }
    found = calibrate(records, Limits(by_peers=0.1))
    for criterion in ("c0", "another"):
        assert sum(found.bias(model, criterion) for model in records) == pytest.approx(0, abs=1e-9)


def test_the_id_says_what_is_known() -> None:
    assert calibrate({"a": LENIENT, "b": EXACT}).id == calibrate({"b": EXACT, "a": LENIENT}).id
    assert calibrate({"a": LENIENT, "b": EXACT}).id != calibrate({"a": EXACT, "b": LENIENT}).id


def test_equal_profiles_have_equal_ids_and_others_have_others() -> None:
    def id_of(criteria: dict[str, float], severity: float, deviation: float, weight: float) -> str:
        profile = RaterProfile(severity, criteria, deviation, weight)
        return Calibration.of({"b": RaterProfile(), "a": profile}).id

    same = id_of({"d": 0.5, "c": 0.25}, 0.5, 0.8, 1.0)
    assert id_of({"c": 0.25, "d": 0.5}, 0.5, 0.8, 1.0) == same
    others = {
        id_of({"c": 0.25}, 0.5, 0.8, 1.0),
        id_of({"d": 0.5, "c": 0.25}, 0.6, 0.8, 1.0),
        id_of({"d": 0.5, "c": 0.25}, 0.5, 0.9, 1.0),
        id_of({"d": 0.5, "c": 0.25}, 0.5, 0.8, 1.1),
        Calibration.of({"a": RaterProfile(), "b": RaterProfile()}).id,
        Calibration().id,
    }
    assert len(others - {same}) == 6


@given(st.lists(st.floats(-4, 4), min_size=1, max_size=30))
def test_shrinking_never_passes_the_mean(residuals: list[float]) -> None:
    sums = ResidualSums(len(residuals), sum(residuals), sum(each**2 for each in residuals))
    found = calibrate({"a": {"c0": sums}})
    assert abs(found.bias("a", "c0")) <= abs(sum(residuals)) / len(residuals) + 1e-9
    assert found.profile("a").standard_deviation > 0


def test_peers_are_the_others() -> None:
    assert peer_references({"a": 4.0, "b": 1.0, "c": 2.0}) == {"a": 1.5, "b": 3.0, "c": 2.5}
    assert peer_references({"a": 4.0}) == {}
