import json
from itertools import combinations
from pathlib import Path

import pytest

from bench.corpora import PANELS, PANELS_APART, PANELS_SECOND
from bench.evaluate.pairs import cohens_kappa
from bench.evaluate.panels import read_panels


def test_no_author_of_panels_kept_apart_is_learned_from() -> None:
    authors = [
        {json.loads(line)["id"].partition("-")[0] for line in path.read_text("utf-8").splitlines()}
        for path in (PANELS, PANELS_APART)
    ]
    assert len(authors[0]) == 28
    assert len(authors[1]) == 5
    assert not authors[0] & authors[1]


@pytest.mark.parametrize("path", [PANELS, PANELS_APART])
def test_a_fault_is_no_strength_and_each_reviewer_makes_it_once(path: Path) -> None:
    for row in map(json.loads, path.read_text("utf-8").splitlines()):
        assert all(each["quote"] in row["text"] for each in row["points"]), row["id"]
        for one, other in combinations(row["points"], 2):
            if one["fault"] == other["fault"]:
                assert one["reviewer"] != other["reviewer"], row["id"]
                assert {one["polarity"], other["polarity"]} != {"strength", "improvement"}, row["id"]


@pytest.mark.parametrize(("path", "labelled", "kappa"), [(PANELS, 420, 0.986), (PANELS_APART, 280, 1.0)])
def test_other_labellers_agree_with_the_authors_of_the_panels(
    path: Path, labelled: int, kappa: float
) -> None:
    pairs = [pair for panel in read_panels(path, PANELS_SECOND) for pair in panel.pairs()]
    assert sum(each.second is not None for each in pairs) == labelled
    assert cohens_kappa(pairs) == pytest.approx(kappa, abs=0.001)


def test_a_panel_is_merged_as_a_whole() -> None:
    panel = read_panels(PANELS_APART, PANELS_SECOND)[0]
    joined = panel.joined()
    assert joined
    # Nobody is joined with itself, and whom one is joined with are joined with each other.
    reviewers = {each["id"]: each["reviewer"] for each in panel.points}
    for one, other in map(tuple, joined):
        assert reviewers[one] != reviewers[other]
    for pair, another in combinations(joined, 2):
        if len(ends := pair ^ another) == len(pair):
            assert ends in joined
