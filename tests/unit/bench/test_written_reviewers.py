"""How the points of the labelled pairs are dealt out to three reviewers."""

import json
from collections.abc import Mapping
from itertools import combinations
from typing import Any

from bench.corpora import HARD_PAIRS, HARD_PAIRS_2
from bench.outputs.written_reviewers import NAMES, written_works


def test_nobody_says_one_thing_twice_or_its_opposite() -> None:
    apart = set()
    for file in (HARD_PAIRS, HARD_PAIRS_2):
        for line in file.read_text(encoding="utf-8").splitlines():
            row = json.loads(line)
            polarities = {row["a"]["polarity"], row["b"]["polarity"]}
            if row["same"] or polarities == {"strength", "improvement"}:
                apart.add(frozenset((_said(row["a"]), _said(row["b"]))))
    works = list(written_works([HARD_PAIRS, HARD_PAIRS_2]))
    assert {each.language for each in works} == {"en", "ko"}
    for work in works:
        assert set(work.reviews) == set(NAMES)
        assert all(work.reviews.values())
        for points in work.reviews.values():
            assert not apart & {frozenset(pair) for pair in combinations(map(_said, points), 2)}


def test_only_works_that_the_merge_was_tuned_on_are_shown() -> None:
    kept_apart = {
        row["work"]
        for row in map(json.loads, HARD_PAIRS.read_text(encoding="utf-8").splitlines())
        if not row["tuned"]
    }
    assert kept_apart
    assert not kept_apart & {each.text for each in written_works([HARD_PAIRS, HARD_PAIRS_2])}


def _said(point: Mapping[str, Any]) -> str:
    return json.dumps({name: value for name, value in point.items() if name != "id"}, sort_keys=True)
