"""Serves ModelService for the models of the catalog."""

from __future__ import annotations

import secrets
from collections.abc import AsyncGenerator, Callable, Mapping
from contextlib import aclosing
from datetime import date

from typing_extensions import override

from chorus.model.v1 import model_pb2
from modelkit.fencing import TaggedFence
from modelkit.generate_request import require_capabilities
from modelkit.reasoning import effort_taken, output_room
from modelkit.servicer import CheckedRequest, GenerationEvent, StreamingServicer
from rpckit.call import served_call
from rpckit.errors import InvalidRequest, ModelNotFound, ProviderAuth
from services.cloud_proxy.catalog import Entry
from services.cloud_proxy.endpoints import Sdk
from services.cloud_proxy.key_check import KeyCheck
from services.cloud_proxy.provider import Prompt
from services.cloud_proxy.provider_client import ProviderClient
from services.cloud_proxy.provider_errors import not_found
from services.cloud_proxy.settings import GOOGLE_GENERATIVEAI, CloudProxySettings, Connection

# What the contract's `Footprint` says of a model on this machine that does not say what it runs on.
_LOCAL = "local"


class ModelServicer(StreamingServicer):
    """Answers for each model of the catalog through the client of its provider.

    Args:
        settings: The catalog, and how each model's provider is reached.
        clients: One for each connection that has its key.
        key_check: Knows the keys that were refused.
        today: Returns the date by which models are retired. It is called for each call: a server lives long.
    """

    def __init__(
        self,
        settings: CloudProxySettings,
        clients: Mapping[Connection, ProviderClient],
        key_check: KeyCheck,
        today: Callable[[], date] = date.today,
    ) -> None:
        super().__init__()
        self._settings = settings
        self._clients = clients
        self._key_check = key_check
        self._today = today
        self._random_key = secrets.token_bytes()

    @override
    def listed_models(self) -> list[model_pb2.Model]:
        return [self._model(entry) for entry in self._settings.catalog.entries.values()]

    @override
    async def generate(
        self, request: CheckedRequest, *, streaming: bool
    ) -> AsyncGenerator[GenerationEvent, None]:
        client, prompt = self._prepare(request, streaming=streaming)
        async with aclosing(client.generate(prompt)) as events:
            async for event in events:
                yield event

    def _prepare(self, request: CheckedRequest, *, streaming: bool) -> tuple[ProviderClient, Prompt]:
        entry = self._entry(request.message.model)
        connection = self._settings.connections[entry.name]
        require_capabilities(request.message, entry.name, entry.capabilities)
        if not connection.is_open:
            raise ProviderAuth(
                f"set {connection.key_variable}", metadata={"setting": connection.key_variable}
            )
        sampling = request.message.sampling
        abilities = self._abilities(entry)
        call = served_call()
        prompt = Prompt(
            entry=entry,
            key_variable=connection.key_variable,
            request=request.message,
            fence=TaggedFence(request.message, self._fence_key(connection)),
            price=entry.prices.on(self._today()),
            # What its caller reserved for it, since both reckon alike.
            max_output_tokens=output_room(abilities, sampling)
            if sampling.max_output_tokens
            else entry.max_output_tokens,
            reasoning_effort=entry.reasoning_efforts.get(effort_taken(abilities, sampling), ""),
            schema=request.schema,
            streaming=streaming,
            deadline=call.deadline.with_reserve(),
            is_retry=call.previous_attempts > 0,
        )
        return self._clients[connection], prompt

    def _fence_key(self, connection: Connection) -> bytes:
        # Replicas share the provider's key, so they fence alike, and one reads what another had cached.
        return connection.key.encode() or self._random_key

    def _entry(self, name: str) -> Entry:
        catalog = self._settings.catalog
        if not name:
            raise InvalidRequest({"model": "this server has more than one"})
        entry = catalog.entries.get(name)
        if entry is None:
            raise ModelNotFound(f"no model {name!r} here", metadata={"model": name})
        answering = self._answering(entry)
        if answering is None:
            raise not_found(entry, f"{entry.name} was retired on {entry.retirement_date}")
        return answering

    def _answering(self, entry: Entry) -> Entry | None:
        """Returns the entry until it is retired, then its successor if those are followed, else None."""
        today = self._today()
        if self._settings.follow_successors:
            entry = self._settings.catalog.successor(entry, today)
        return None if entry.is_retired(today) else entry

    def _model(self, entry: Entry) -> model_pb2.Model:
        wrong = self._what_is_wrong(entry)
        # Where a successor answers, it does what it can do, and is paid what it costs.
        model = self._abilities(self._answering(entry) or entry)
        model.MergeFrom(
            model_pb2.Model(
                name=entry.name,
                kind=model_pb2.Model.KIND_LANGUAGE_MODEL,
                display_name=entry.display_name,
                family=entry.family,
                state=model_pb2.Model.STATE_UNAVAILABLE if wrong else model_pb2.Model.STATE_READY,
                state_detail=wrong,
                retirement_date=entry.retirement_date.isoformat() if entry.retirement_date else "",
                successor=entry.successor,
                provider=entry.provider,
            )
        )
        if entry.endpoint.is_local:
            model.footprint.device = _LOCAL
        return model

    def _abilities(self, entry: Entry) -> model_pb2.Model:
        """Returns what a model can do, and what that costs today."""
        model = model_pb2.Model(
            max_input_tokens=entry.max_input_tokens,
            max_output_tokens=entry.max_output_tokens,
            capabilities=sorted(entry.capabilities),
            price=entry.prices.on(self._today()),
            max_reasoning_tokens=entry.thinking_tokens,
        )
        # google-generativeai has no word for how long a model thinks.
        if entry.endpoint.sdk is not Sdk.GOOGLE or self._settings.google_sdk != GOOGLE_GENERATIVEAI:
            model.reasoning_efforts.extend(entry.reasoning_efforts)
            model.default_reasoning_effort = entry.default_reasoning_effort
        return model

    def _what_is_wrong(self, entry: Entry) -> str:
        answering = self._answering(entry)
        if answering is None:
            instead = f"; use {entry.successor}" if entry.successor else ""
            return f"retired on {entry.retirement_date}{instead}"
        connection = self._settings.connections[answering.name]
        if not connection.is_open:
            return f"set {connection.key_variable}"
        if connection in self._key_check.refused:
            return f"{answering.provider} refuses {connection.key_variable}; set another"
        return self._clients[connection].why_closed(answering.name)
