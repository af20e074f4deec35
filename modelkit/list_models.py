"""One page of a list of models: the checks of its request, the filter, the token of the next page."""

import base64
import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

from chorus.model.v1 import model_pb2
from rpckit.errors import InvalidRequest

MAX_FILTER = 16
MAX_PAGE_SIZE = 1000
DEFAULT_PAGE_SIZE = 100

_DIGEST_BYTES = 9


class ModelListRequest(Protocol):
    """What the ListModelsRequests of `chorus.model.v1` and `chorus.feedback.v1` have in common."""

    @property
    def page_size(self) -> int:
        """Most models of the page; 0: as many as is usual."""

    @property
    def page_token(self) -> str:
        """Where the page before has ended; empty: there was none."""

    @property
    def capabilities(self) -> Sequence[model_pb2.Capability.ValueType]:
        """What each model must be able to do."""

    @property
    def states(self) -> Sequence[model_pb2.Model.State.ValueType]:
        """The states of which each model must have one; empty: any."""


@dataclass(frozen=True, slots=True)
class ModelPage:
    """Some of the models that a request asks for; an empty token says that there are no more."""

    models: list[model_pb2.Model]
    next_page_token: str


def page_of(models: Sequence[model_pb2.Model], request: ModelListRequest) -> ModelPage:
    """Returns the page that a request asks for of all the models, in their order.

    A token names the filter and the last model of its page, not a number: a model that comes or goes, or
    whose state changes, moves no other one.

    Raises:
        InvalidRequest: It names every field that is wrong, or the token of a model that is no longer listed.
    """
    wrong = dict(_violations(request))
    rest = models
    if request.page_token:
        place = _place_after(request, models)
        if place is None:
            wrong |= {"page_token": "this list, with this filter, did not give it; begin again without"}
        else:
            rest = models[place:]
    if wrong:
        raise InvalidRequest(wrong)
    found = [each for each in rest if _is_asked_for(each, request)]
    size = min(request.page_size or DEFAULT_PAGE_SIZE, MAX_PAGE_SIZE)
    page = found[:size]
    return ModelPage(page, _token(request, page[-1].name) if len(found) > size else "")


def _violations(request: ModelListRequest) -> Iterator[tuple[str, str]]:
    if request.page_size < 0:
        yield "page_size", "negative"
    for field, asked, known in (
        ("capabilities", request.capabilities, model_pb2.Capability.values()),
        ("states", request.states, model_pb2.Model.State.values()),
    ):
        if len(asked) > MAX_FILTER:
            yield field, f"{len(asked)}, more than {MAX_FILTER}"
            continue
        for place, each in enumerate(asked):
            # The first one is what was not specified.
            if each not in known[1:]:
                yield f"{field}[{place}]", f"{each} is none"


def _is_asked_for(model: model_pb2.Model, request: ModelListRequest) -> bool:
    has_state = not request.states or model.state in request.states
    return has_state and set(request.capabilities) <= set(model.capabilities)


def _token(request: ModelListRequest, name: str) -> str:
    asked = repr((sorted(set(request.capabilities)), sorted(set(request.states))))
    digests = (hashlib.sha256(each.encode()).digest()[:_DIGEST_BYTES] for each in (asked, name))
    return base64.urlsafe_b64encode(b"".join(digests)).decode()


def _place_after(request: ModelListRequest, models: Sequence[model_pb2.Model]) -> int | None:
    """Returns where the list goes on after the model that the request's token names."""
    for place, model in enumerate(models, start=1):
        if _token(request, model.name) == request.page_token:
            return place
    return None
