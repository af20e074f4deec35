"""The rubrics that are used where a caller brings none.

The Korean one has the nine criteria by which the National Institute of Korean Language judges argumentative
writing, in three areas.
"""

import functools
from collections.abc import Mapping
from importlib import resources

from google.protobuf import json_format

from chorus.feedback.v1 import submission_pb2
from modelkit.language import primary_subtag

_ENGLISH_CRITERIA = {
    "task": "content",
    "content": "content",
    "organisation": "organisation",
    "expression": "expression",
    "conventions": "conventions",
}
# The Korean rubric divides content and organisation, so some issues have a closer criterion than their group.
_KOREAN_CRITERIA = {
    "task": "claim",
    "content": "relevance",
    "claim_unclear": "claim",
    "evidence_missing": "sufficiency",
    "depth": "sufficiency",
    "counterview_missing": "counterview",
    "organisation": "organisation",
    "introduction": "problem",
    "paragraph_focus": "paragraph",
    "transition": "paragraph",
    "expression": "sentences",
    "conventions": "norms",
}


def default_rubric(language_code: str) -> submission_pb2.Rubric:
    """Returns the rubric for a language: the Korean one for Korean, the English one for every other."""
    rubric = submission_pb2.Rubric()
    rubric.CopyFrom(_packaged("ko" if primary_subtag(language_code) == "ko" else "en"))
    return rubric


def default_criteria(rubric: submission_pb2.Rubric) -> Mapping[str, str]:
    """Returns the criterion's id by issue or issue group; nothing for a rubric that is not a default one."""
    if rubric == _packaged("ko"):
        return _KOREAN_CRITERIA
    return _ENGLISH_CRITERIA if rubric == _packaged("en") else {}


@functools.cache
def _packaged(name: str) -> submission_pb2.Rubric:
    text = resources.files(__package__).joinpath(f"{name}.json").read_text(encoding="utf-8")
    return json_format.Parse(text, submission_pb2.Rubric())
