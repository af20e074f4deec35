"""Who stands in for a model that fails: what kind of model comes first, and whom it is no use to ask."""

import math
from collections.abc import Iterable

from chorus.model.v1 import failure_pb2
from orchestrator.panel.directory import ListedModel

# With one of these, all the models of a provider fail for a while.
_FAILURES_OF_PROVIDERS = frozenset(
    {
        failure_pb2.ERROR_REASON_PROVIDER_AUTH,
        failure_pb2.ERROR_REASON_QUOTA_EXHAUSTED,
        failure_pb2.ERROR_REASON_RATE_LIMITED,
        failure_pb2.ERROR_REASON_UNAVAILABLE,
    }
)

# For a million tokens of output. Prices below it are alike, and hardly above nothing.
_CHEAP_USD_NANOS = 100_000_000


def by_preference(failed: ListedModel, spare: Iterable[ListedModel]) -> list[ListedModel]:
    """Sorts the models that may stand in for one that failed, the best first.

    First comes the successor that its provider names, then the same weights elsewhere, then its family
    elsewhere, then the models whose price is most like its own. Reviewers by rule come last.
    """

    def rank(each: ListedModel) -> tuple[bool, int, float, str]:
        return each.is_rule_based, _kind(failed, each), _price_distance(failed, each), each.name

    return sorted(spare, key=rank)


class FailingProviders:
    """The providers, and the servers of our own, that have failed in one call."""

    def __init__(self) -> None:
        self._providers: set[str] = set()
        self._servers: set[str] = set()

    def note(self, listed: ListedModel, reason: failure_pb2.ErrorReason.ValueType) -> None:
        """Takes up why a model failed."""
        if reason not in _FAILURES_OF_PROVIDERS:
            return
        if listed.model.provider:
            self._providers.add(listed.model.provider)
        elif reason == failure_pb2.ERROR_REASON_UNAVAILABLE:
            self._servers.add(listed.server)

    def include(self, listed: ListedModel) -> bool:
        """Returns whether a model is of one of them."""
        provider = listed.model.provider
        return provider in self._providers if provider else listed.server in self._servers


def _kind(failed: ListedModel, spare: ListedModel) -> int:
    is_elsewhere = (spare.model.provider, spare.server) != (failed.model.provider, failed.server)
    if spare.name == failed.model.successor:
        return 0
    if is_elsewhere and _weights(spare) == _weights(failed):
        return 1
    if is_elsewhere and spare.model.family == failed.model.family:
        return 2
    return 3


def _weights(listed: ListedModel) -> str:
    return listed.name.rpartition("/")[2]


def _price_distance(failed: ListedModel, spare: ListedModel) -> float:
    """Returns how unlike two prices of output are, as the logarithm of their ratio.

    An unknown price may be any: as a substitute such a model is dear, and for one that failed the cheapest
    substitute does.
    """
    if not spare.model.HasField("price"):
        return math.inf
    price = _log_price(spare)
    return abs(price - _log_price(failed)) if failed.model.HasField("price") else price


def _log_price(listed: ListedModel) -> float:
    return math.log(listed.model.price.output_usd_nanos + _CHEAP_USD_NANOS)
