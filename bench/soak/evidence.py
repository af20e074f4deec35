"""Tells the story of an essay whose answer was bought twice, and of a call that failed, from all sides."""

import json
import re
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bench.soak.timeline import Moment, Timeline

# What was done to processes so long before or after belongs to a story.
_NEAR_SECONDS = 8.0
# An unexpected error of any process so long before the end of a failed call may be its cause.
_CAUSE_SECONDS = 2.0
# Others are of gRPC, which logs by itself.
_IS_OBJECT = re.compile(r"\{.*\}").fullmatch


@dataclass(frozen=True, slots=True)
class Sale:
    """One answer that the provider sold: when, in seconds since 1970, and who asked."""

    at: float
    buyer: str

    @classmethod
    def of(cls, told: Mapping[str, Any]) -> "Sale":
        """Reads what the provider told."""
        return cls(told["at"], told["buyer"])


@dataclass(frozen=True, slots=True)
class FailedCall:
    """A call that ended otherwise than it should: when, why, for which essays, under which x-request-id."""

    at: float
    why: str
    numbers: tuple[int, ...]
    call_id: str


class Evidence:
    """Finds what the processes logged, and tells it together with what the load and the provider saw.

    Args:
        folder: Holds the logs of the processes.
        timeline: What the load and the disruption noted.
    """

    def __init__(self, folder: Path, timeline: Timeline) -> None:
        self._folder = folder
        self._timeline = timeline

    def sent_again(self) -> set[str]:
        """Finds the calls that gRPC sent to one more server, because the one before was gone."""
        return {
            fields["request_id"]
            for _, _, fields in self._lines()
            if fields["event"] == "call" and fields["servers_gone"]
        }

    def of_purchases(self, number: int, model: str, sales: Sequence[Sale]) -> list[str]:
        """Tells how an essay's answer came to be bought more than once."""
        sold = [Moment(each.at, f"{model} is sold to {each.buyer}") for each in sales]
        story = sold + self._timeline.of_essay(number)
        near = self._timeline.disturbances_near(sold, _NEAR_SECONDS)
        logged = self._logged({*self._timeline.call_ids(number)}, near_to=sold)
        return [f"essay {number}, {model}, sold {len(sales)} times:", *_told([*story, *near, *logged])]

    def of_failure(self, failed: FailedCall) -> list[str]:
        """Tells what is known of a call that failed."""
        end = [Moment(failed.at, f"the caller has {failed.why}")]
        story = [each for number in failed.numbers for each in self._timeline.of_essay(number)]
        near = self._timeline.disturbances_near(end, _NEAR_SECONDS)
        logged = self._logged({failed.call_id}, near_to=end)
        return [f"call {failed.call_id} failed:", *_told([*end, *story, *near, *logged])]

    def _logged(self, call_ids: Container[str], near_to: Sequence[Moment]) -> Iterator[Moment]:
        """Finds the lines about calls, and those about unexpected errors and stores near some moments."""
        for path, line, fields in self._lines():
            at = datetime.fromisoformat(fields["at"]).timestamp()
            is_near = any(abs(at - each.at) <= _CAUSE_SECONDS for each in near_to)
            if fields.get("request_id") in call_ids or (is_near and fields["event"] != "call"):
                yield Moment(at, f"{path.stem} logs {line}")

    def _lines(self) -> Iterator[tuple[Path, str, dict[str, Any]]]:
        """Reads the lines of all logs that are JSON; the others are not Chorus's own."""
        for path in sorted(self._folder.glob("*.log")):
            lines = path.read_text("utf-8", "replace").splitlines()
            for line in filter(_IS_OBJECT, lines):
                with suppress(json.JSONDecodeError):
                    yield path, line, json.loads(line)


def _told(moments: Iterable[Moment]) -> list[str]:
    return [
        f"    {datetime.fromtimestamp(each.at, UTC).isoformat(timespec='milliseconds')}  {each.what}"
        for each in sorted(moments)
    ]
