"""What a model costs, and from which day on."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from chorus.model.v1 import model_pb2

_NANOS = 10**9
_USD = {"type": "number", "minimum": 0}
_PRICE = {
    "type": "object",
    "required": ["input", "output"],
    "additionalProperties": False,
    "properties": {
        "from": {"type": "string"},
        "input": _USD,
        "cached_input": _USD,
        "cache_write": _USD,
        "output": _USD,
    },
}

# A price, or a list of them, in USD per million tokens.
PRICE_SCHEMA = {"if": {"type": "array"}, "then": {"items": _PRICE, "minItems": 1}, "else": _PRICE}


@dataclass(frozen=True, slots=True)
class PriceList:
    """The prices of one model.

    Attributes:
        prices: Each with the first day that it holds on, the earliest first.
    """

    prices: tuple[tuple[date, model_pb2.Price], ...] = ()

    @classmethod
    def read(cls, content: Mapping[str, Any] | Sequence[Mapping[str, Any]]) -> "PriceList":
        """Reads what keeps to PRICE_SCHEMA.

        Raises:
            ValueError: A date does not exist, or two prices begin on one day.
        """
        lines = [content] if isinstance(content, Mapping) else content
        prices: dict[date, model_pb2.Price] = {}
        for number, line in enumerate(lines):
            key = f"price[{number}].from"
            since = read_date(key, line["from"]) if "from" in line else date.min
            if since in prices:
                raise ValueError(f"{key}: another price begins on this day")
            prices[since] = _price(line)
        return cls(tuple(sorted(prices.items(), key=lambda each: each[0])))

    def on(self, day: date) -> model_pb2.Price | None:
        """Returns the price of a day, or None if none is known."""
        return next((price for since, price in reversed(self.prices) if since <= day), None)


def read_date(key: str, value: str) -> date:
    """Reads a date.

    Raises:
        ValueError: There is no such day; the message names the key.
    """
    try:
        return date.fromisoformat(value)
    except ValueError as error:
        raise ValueError(f"{key}: {value!r} is not a day as YYYY-MM-DD: {error}") from None


def _price(line: Mapping[str, Any]) -> model_pb2.Price:
    price = model_pb2.Price(
        input_usd_nanos=_nanos(line["input"]),
        cached_input_usd_nanos=_nanos(line.get("cached_input", line["input"])),
        output_usd_nanos=_nanos(line["output"]),
    )
    if "cache_write" in line:
        price.cache_write_usd_nanos = _nanos(line["cache_write"])
    return price


def _nanos(usd: int | Decimal) -> int:
    return int(usd * _NANOS)
