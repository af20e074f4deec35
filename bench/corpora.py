"""The texts and ratings that the benchmarks read. `bench/data/README.md` says whose they are."""

import json
from collections.abc import Iterable
from pathlib import Path

DATA = Path(__file__).parent / "data"
KOREAN_PARAGRAPHS = DATA / "ksl_ko_dev.jsonl"
SHORT_ANSWERS = DATA / "saf_en_dev.jsonl"
# Its authors ask that the texts not be put on the internet: they are fetched from where they were published.
ESSAYS = DATA / "l2_essays_dev.jsonl"
ESSAY_HASHES = DATA / "l2_essays_dev.sha256"
PAIRS = Path(__file__).parent / "evaluate" / "pairs.jsonl"
HARD_PAIRS = DATA / "hard_pairs.jsonl"
HARD_PAIRS_2 = DATA / "hard_pairs_2.jsonl"
HARD_PAIRS_3 = DATA / "hard_pairs_3.jsonl"
# Whole panels, by authors who knew nothing of the merge; an author's number is at the beginning of an id.
PANELS = DATA / "panels.jsonl"
PANELS_APART = DATA / "panels_apart.jsonl"
PANELS_SECOND = DATA / "panels_second.jsonl"
# Whole answers of language models to Chorus's own request, each point with the key of its fault.
MODEL_REVIEWS = DATA / "model_reviews.jsonl"
MODEL_REVIEWS_APART = DATA / "model_reviews_apart.jsonl"
LEARNER_ERRORS = tuple(
    DATA / f"learner_errors_{language}_{part}.jsonl"
    for part in ("dev", "written", "passages", "sentences", "acceptance", "fresh", "strangers")
    for language in ("en", "ko")
)
CLEAN_TEXTS = tuple(
    DATA / f"clean_texts_{language}_{part}.jsonl"
    for part in ("written", "passages", "acceptance", "fresh", "genres")
    for language in ("en", "ko")
)
RATINGS = DATA / "l2_ratings_dev.csv"
# Paragraphs that could be taken for steering, and attacks. `bench.injection.rates` says what is kept apart.
STEERING = DATA / "steering_dev.jsonl"
STEERING_APART = DATA / "steering_apart.jsonl"
STEERING_2 = DATA / "steering_2_dev.jsonl"
STEERING_2_APART = DATA / "steering_2_apart.jsonl"
STEERING_3_APART = DATA / "steering_3_apart.jsonl"
STEERING_4_APART = DATA / "steering_4_apart.jsonl"
# By authors who had seen none of these; an author's number is at the beginning of an id.
STEERING_AUTHORS = DATA / "steering_authors.jsonl"
STEERING_AUTHORS_APART = DATA / "steering_authors_apart.jsonl"
# What a large language model that read some of the texts kept apart said of them.
STEERING_READERS = DATA / "steering_readers.jsonl"
# Whole works of many genres, written for this project by writers who knew nothing of the classifier.
ORDINARY_WORKS = DATA / "ordinary_works.jsonl"
ORDINARY_WORKS_APART = DATA / "ordinary_works_apart.jsonl"
WORKS = (KOREAN_PARAGRAPHS, ESSAYS, SHORT_ANSWERS)
FETCH_ESSAYS = "python -m bench.fetch_essays"


def texts(path: Path) -> dict[str, str]:
    """Returns the texts of a file by their ids. An answer to a short question is a text, too."""
    rows = map(json.loads, path.read_text(encoding="utf-8").splitlines())
    return {row["id"]: row.get("text") or row.get("answer", "") for row in rows}


def english_works() -> Path:
    """Returns the file of essays if they were fetched, otherwise that of short answers."""
    return ESSAYS if ESSAYS.exists() else SHORT_ANSWERS


def absence(path: Path) -> str:
    """Says that a file is missing, and what fetches it if something does."""
    remedy = f"; `{FETCH_ESSAYS}` fetches it" if path == ESSAYS else ""
    return f"{path.name} is not in {path.parent}{remedy}"


def require(paths: Iterable[Path]) -> None:
    """Ends the process with 1 if a file is missing, and says which.

    Raises:
        SystemExit: A file is missing.
    """
    if missing := [absence(path) for path in paths if not path.exists()]:
        raise SystemExit("nothing is measured: " + ", and ".join(missing))
