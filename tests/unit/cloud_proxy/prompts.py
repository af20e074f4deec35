"""Prompts to test with."""

import json
from collections.abc import Mapping
from datetime import date
from typing import Any

from chorus.model.v1 import content_pb2, model_pb2, model_service_pb2
from modelkit.fencing import TaggedFence
from modelkit.json_schema.answer_schema import AnswerSchema
from rpckit.call import Deadline
from services.cloud_proxy.catalog import Entry
from services.cloud_proxy.endpoints import Endpoint
from services.cloud_proxy.price_list import PriceList
from services.cloud_proxy.provider import Prompt

PRICE = model_pb2.Price(input_usd_nanos=10**9, cached_input_usd_nanos=10**8, output_usd_nanos=5 * 10**9)
ENTRY = Entry(
    "a/b",
    "b",
    "a",
    "B",
    "a",
    frozenset({model_pb2.CAPABILITY_TEXT, model_pb2.CAPABILITY_JSON_SCHEMA}),
    Endpoint("a"),
    max_input_tokens=100,
    max_output_tokens=400,
    prices=PriceList(((date.min, PRICE),)),
)


def document(text: str, title: str = "submission") -> content_pb2.Part:
    return content_pb2.Part(document=content_pb2.Document(title=title, text=text))


def request(*parts: content_pb2.Part, **fields: Any) -> model_service_pb2.GenerateRequest:
    turn = content_pb2.Turn(role=content_pb2.ROLE_USER, parts=parts or [content_pb2.Part(text="Well?")])
    return model_service_pb2.GenerateRequest(turns=[turn], **fields)


def prompt(
    entry: Entry = ENTRY,
    *parts: content_pb2.Part,
    max_output_tokens: int = 400,
    schema: Mapping[str, Any] | None = None,
    streaming: bool = False,
    seconds: float = 5.0,
) -> Prompt:
    asked = request(*parts)
    return Prompt(
        entry=entry,
        key_variable="A_KEY",
        request=asked,
        fence=TaggedFence(asked, b"a secret"),
        price=entry.prices.on(date.min),
        max_output_tokens=max_output_tokens,
        reasoning_effort="",
        schema=None if schema is None else AnswerSchema.parse(json.dumps(schema)),
        streaming=streaming,
        deadline=Deadline.after(seconds),
    )
