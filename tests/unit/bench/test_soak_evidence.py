import json
from datetime import UTC, datetime
from pathlib import Path

from bench.soak.evidence import Evidence, FailedCall, Sale
from bench.soak.timeline import Timeline

START = datetime(2026, 1, 1, tzinfo=UTC).timestamp()


class Clock:
    """Stands still until it is set, to a number of seconds after the start."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def __call__(self) -> float:
        return START + self.seconds


def write_log(folder: Path, name: str, *lines: object) -> None:
    text = "\n".join(each if isinstance(each, str) else json.dumps(each) for each in lines)
    (folder / f"{name}.log").write_text(text)


def call(seconds: float, request_id: str, servers_gone: int = 0) -> dict[str, object]:
    at = datetime.fromtimestamp(START + seconds, UTC).isoformat(timespec="milliseconds")
    return {"at": at, "event": "call", "request_id": request_id, "servers_gone": servers_gone}


def unexpected(seconds: float) -> dict[str, object]:
    return call(seconds, "") | {"event": "unexpected error", "error": "RuntimeError"}


def told(lines: list[str]) -> list[str]:
    return [line.split("  ")[-1].partition(" {")[0] for line in lines[1:]]


def test_the_story_of_an_answer_is_told_in_the_order_of_time(tmp_path: Path) -> None:
    clock = Clock()
    timeline = Timeline(clock)
    clock.seconds = 1
    with timeline.attempt([7], "call", "c1"):
        clock.seconds = 2
        timeline.note_disturbance("kill orchestrator 1")
        clock.seconds = 5
    clock.seconds = 100
    timeline.note_disturbance("kill orchestrator 2")
    write_log(tmp_path, "proxy", call(3, "c1"), call(4, "c2"), "I1128 not JSON", "{half of a li")
    sales = [Sale(START + 2.5, "cloud-proxy-0"), Sale(START + 4.5, "cloud-proxy-2")]
    story = Evidence(tmp_path, timeline).of_purchases(7, "steady", sales)
    assert story[0] == "essay 7, steady, sold 2 times:"
    assert told(story) == [
        "call c1 begins",
        "kill orchestrator 1",
        "steady is sold to cloud-proxy-0",
        "proxy logs",
        "steady is sold to cloud-proxy-2",
        "call c1 ends",
    ]


def test_a_call_that_failed_is_told_with_the_errors_that_nobody_expected(tmp_path: Path) -> None:
    timeline = Timeline(Clock())
    write_log(tmp_path, "orchestrator", unexpected(0.5), call(1, "c1"), unexpected(50), call(1, "c2"))
    failed = FailedCall(START + 1, "INTERNAL (internal error)", (), "c1")
    story = Evidence(tmp_path, timeline).of_failure(failed)
    assert told(story) == [
        "orchestrator logs",
        "orchestrator logs",
        "the caller has INTERNAL (internal error)",
    ]
    assert "RuntimeError" in story[1]


def test_a_call_that_was_sent_again_is_found_in_the_log_of_the_second_server(tmp_path: Path) -> None:
    write_log(tmp_path, "a", call(1, "c1"), call(1, "c2"))
    write_log(tmp_path, "b", call(2, "c2", servers_gone=1))
    assert Evidence(tmp_path, Timeline()).sent_again() == {"c2"}
