import pytest

from bench.corpora import HARD_PAIRS
from bench.evaluate.bootstrap import ratio_interval
from bench.evaluate.pairs import cohens_kappa, read_pairs


def test_an_interval_holds_its_figure_and_narrows_with_more_works() -> None:
    def interval(works: int) -> tuple[float, float]:
        return ratio_interval((f"w{number}", number % 2, 1.0) for number in range(works))

    few, many = interval(10), interval(1000)
    assert few[0] < many[0] < 0.5 < many[1] < few[1]


def test_cases_of_one_work_are_drawn_together() -> None:
    assert ratio_interval(("w", number % 2, 1.0) for number in range(100)) == (0.5, 0.5)
    assert ratio_interval([("a", 4.0, 1.0), ("b", 4.0, 1.0)], root=True) == (2.0, 2.0)


def test_the_hard_pairs_are_halved_by_work_and_labelled_twice() -> None:
    pairs = read_pairs(HARD_PAIRS, {})
    assert len(pairs) >= 200
    tuned = {each.reading.text for each in pairs if each.tuned}
    assert not tuned & {each.reading.text for each in pairs if not each.tuned}
    kappa = cohens_kappa(pairs)
    assert kappa == pytest.approx(0.979, abs=0.001)
