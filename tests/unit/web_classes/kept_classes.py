"""Assignments and works as tests keep them."""

from typing import Any

from clients.web.server.classes.class_store import ClassStore
from clients.web.server.classes.tables import Assignment, Work

OWNER = "kim@school.example"


def assignment(**changes: Any) -> Assignment:
    values = {
        "owner": OWNER,
        "title": "Our school garden",
        "task": "Does our school need a garden?",
        "notes": "Sim-ple arguments are enough. \N{LOCK}",
        "level": "grade 8",
        "text_language": "en",
        "feedback_language": "",
        "rubric": b"",
        "models": '["a/1", "b/1"]',
        "limit_nanos": None,
        "created": 1.0,
    }
    return Assignment(**values | changes)


def work(text: str = "I like dogs.", **changes: Any) -> Work:
    values = {
        "file_name": "essay.txt",
        "format": "text",
        "characters": len(text),
        "size": len(text.encode()),
        "text": text,
        "data": None,
    }
    return Work(**values | changes)


def a_class(store: ClassStore, works: int = 2, **changes: Any) -> tuple[str, list[str]]:
    """Keeps a class with works "Text 0.", "Text 1."; returns its id, and those of its works."""
    assignment_id = store.add(assignment(**changes))
    found = [work(f"Text {number}.", file_name=f"{number}.txt") for number in range(works)]
    for each in found:
        store.add_work(assignment_id, each)
    return assignment_id, [each.id for each in found]


def states(store: ClassStore, assignment_id: str, owner: str = OWNER) -> list[str]:
    found = store.find(owner, assignment_id)
    assert found is not None
    return [each.state for each in found[1]]
