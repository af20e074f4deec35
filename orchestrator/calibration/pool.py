"""Who learns from whom: a caller alone, or a group that the operator has named."""

import json
from collections.abc import Mapping
from dataclasses import dataclass

from orchestrator.merge import policy
from orchestrator.merge.severity import UNLIMITED, Limits
from rpckit.callers import account_of

# Those who share a pool know each other, and each is one of them.
_OWNERS = Limits(
    by_peers=policy.MAX_BIAS_BY_PEERS, by_person=policy.MAX_BIAS_BY_PERSON, in_all=UNLIMITED.in_all
)
# Whoever can connect is among the callers without a name, and can call himself as many people as he likes.
_STRANGERS = Limits(
    by_peers=policy.MAX_BIAS_AMONG_STRANGERS,
    by_person=policy.MAX_BIAS_AMONG_STRANGERS,
    in_all=policy.MAX_BIAS_AMONG_STRANGERS,
    weighs=False,
)


@dataclass(frozen=True, slots=True)
class Pool:
    """Those whose reviews and scores teach the severity that their own reviews are merged with.

    Attributes:
        key: Unique among the pools; "" is that of all callers without a name.
        limits: How far what was learned may move a score.
    """

    key: str
    limits: Limits


class Pools:
    """The pools of all callers.

    Args:
        groups: The groups that the operator has named, by caller; "" stands for the callers without a name.
    """

    def __init__(self, groups: Mapping[str, str] | None = None) -> None:
        self._groups = groups or {}

    def of(self, caller: str) -> Pool:
        """Returns a caller's pool. In no group a caller, or each person that it calls for, has one alone."""
        account = account_of(caller)
        if group := self._groups.get(account):
            return Pool(json.dumps(["group", group]), _OWNERS)
        return Pool(json.dumps(["caller", caller]), _OWNERS) if account else Pool("", _STRANGERS)
