"""What the servers say in English has words in each language of the page."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from chorus_documents.document import Refusal
from clients.web.server.classes.missing_files import NAMED_BY_ROSTER
from orchestrator.answer import check

WEB = Path(__file__).parents[3] / "clients" / "web"
WORDS = WEB / "page" / "src" / "words"
# Only programs are told these, which open no page.
_OF_DOORS = WEB / "server" / "doors"
_KEY = re.compile(r"^  ([A-Z_]+):", re.MULTILINE)
_REJECTION = re.compile(r'^    "([a-z ]+)": ', re.MULTILINE)


def _reasons(source: str) -> Iterator[str]:
    """Yields the reasons of the problems that a module raises, as patterns."""
    tree = ast.parse(source)
    named = {
        target.id: each.value
        for each in tree.body
        if isinstance(each, ast.Assign)
        for target in each.targets
        if isinstance(target, ast.Name)
    }
    for call in ast.walk(tree):
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id == "Problem":
            reason = call.args[1]
            if isinstance(reason, ast.Name):
                reason = named.get(reason.id, reason)
            if isinstance(reason, ast.Constant):
                yield re.escape(str(reason.value))
            elif isinstance(reason, ast.JoinedStr):
                parts = (
                    re.escape(str(e.value)) if isinstance(e, ast.Constant) else "[A-Z_]+"
                    for e in reason.values
                )
                yield "".join(parts)


def test_every_reason_of_the_page_s_server_has_words() -> None:
    modules = [each for each in (WEB / "server").rglob("*.py") if _OF_DOORS not in each.parents]
    told = {reason for each in modules for reason in _reasons(each.read_text("utf-8"))}
    worded = set(_KEY.findall((WORDS / "en" / "refusals.ts").read_text("utf-8")))
    assert len(told) > 20
    assert [each for each in sorted(told) if not any(re.fullmatch(each, word) for word in worded)] == []
    assert NAMED_BY_ROSTER in worded
    # Why a file is not read is worded once, by what reads it.
    assert worded.isdisjoint(Refusal.__members__)


@pytest.mark.parametrize("language", ["en", "ko"])
def test_why_points_are_left_out_is_worded_as_the_orchestrator_says_it(language: str) -> None:
    words = (WORDS / language / "feedback.ts").read_text("utf-8")
    block = words[words.index("  rejections: {") :]
    said = _REJECTION.findall(block[: block.index("  },")])
    source = Path(check.__file__).read_text("utf-8")
    assert len(said) == 5
    assert [each for each in said if f'"{each}"' not in source] == []
