from pathlib import Path

import pytest

from bench.corpora import DATA, ESSAYS, RATINGS, absence, require
from bench.injection import essay_features
from bench.injection.segments import attack_texts, segments_of


def test_every_file_that_ships_has_its_source_and_licence_in_the_readme() -> None:
    table = (DATA / "README.md").read_text("utf-8").partition("\n## ")[0]
    shipped = {each.name for each in DATA.iterdir()} - {"README.md", ESSAYS.name}
    assert [name for name in sorted(shipped) if f"`{name}`" not in table] == []


def test_of_the_essays_only_words_of_attacks_ship() -> None:
    known = {word for attack in attack_texts() for each in segments_of(attack) for word in each.features}
    essays = list(essay_features.read())
    shown = {feature for essay in essays for segment in essay for feature in segment.features}
    assert len(essays) == 71
    assert {feature for feature in shown - known if not feature.isupper()} == set()


def test_of_the_ratings_no_comment_ships() -> None:
    assert RATINGS.read_text("utf-8").startswith("essay,rater,criterion,score\n")


def test_what_is_missing_is_named_with_what_fetches_it(tmp_path: Path) -> None:
    require([RATINGS])
    with pytest.raises(SystemExit, match=r"nothing is measured: gone\.csv is not in "):
        require([RATINGS, tmp_path / "gone.csv"])
    assert absence(ESSAYS).endswith("bench/data; `python -m bench.fetch_essays` fetches it")
