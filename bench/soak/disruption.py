"""Restarts and kills the processes of Chorus while it is under load."""

import asyncio
import random
from collections import Counter
from collections.abc import Callable, Sequence

from bench.soak.chorus import REDIS_OPTIONS, Chorus
from bench.soak.ledger import Ledger
from bench.soak.replica import Replica

_REDIS = "redis"
# After the first round of restarts the rest of the calls has some of the machine, too.
_PAUSE_SECONDS = 10.0


class Disruption:
    """Does to a running Chorus what a cluster does: counts it by the kind of process."""

    def __init__(self, chorus: Chorus, ledger: Ledger, seed: int = 1) -> None:
        self._chorus = chorus
        self._ledger = ledger
        self._random = random.Random(seed)  # noqa: S311 - for kills that come again in the next run
        self.restarts: Counter[str] = Counter()
        self.kills: Counter[str] = Counter()

    @property
    def wrong_exits(self) -> int:
        """How many processes that were asked to stop did not end with 0."""
        return sum(code != 0 for each in self._chorus.replicas for code in each.exit_codes)

    async def roll(self, go_on: Callable[[], bool]) -> None:
        """Restarts the orchestrators and the cloud proxies one by one, at least each once, for as long."""
        replicas = [*self._chorus.orchestrators, *self._chorus.proxies]
        await self._restart_all(replicas)
        while go_on():
            for each in replicas:
                await self._restart_all([each])
                await asyncio.sleep(_PAUSE_SECONDS)
                if not go_on():
                    return

    async def kill_some(self, kills: int) -> None:
        """Kills processes at random, Redis among them, and starts each again a moment later."""
        chorus = self._chorus
        for _ in range(kills):
            await asyncio.sleep(self._random.uniform(0, 2))
            names = [*(each.name for each in chorus.replicas), *([_REDIS] if chorus.redis else ())]
            name = self._random.choice(names)
            self.kills[name] += 1
            if name == _REDIS:
                await self._kill_store()
                continue
            await self._kill(next(each for each in chorus.replicas if each.name == name))

    @property
    def victims(self) -> list[Replica]:
        """The last replica of each kind that has several; the others live on, to be measured."""
        kinds = (self._chorus.orchestrators, self._chorus.proxies)
        return [each[-1] for each in kinds if len(each) > 1]

    async def disturb(self, number: int) -> None:
        """Restarts or kills a victim; the next number is another one's, or the other way to end it."""
        if not (victims := self.victims):
            return
        half, which = divmod(number, len(victims))
        if half % 2:
            self.kills[victims[which].name] += 1
            await self._kill(victims[which])
        else:
            await self._restart_all([victims[which]])

    async def _restart_all(self, replicas: Sequence[Replica]) -> None:
        for each in replicas:
            self._note(f"stop {each.name}")
            await each.stop()
            await each.start()
            self._note(f"{each.name} is up")
            self.restarts[each.name] += 1

    async def _kill(self, replica: Replica) -> None:
        self._ledger.doubt_all_in_flight()
        self._note(f"kill {replica.name}")
        await replica.kill()
        # Others may have begun since, and before it was dead.
        self._ledger.doubt_all_in_flight()
        await asyncio.sleep(self._random.uniform(0, 1))
        await replica.start()
        self._note(f"{replica.name} is up")

    def _note(self, what: str) -> None:
        self._ledger.timeline.note_disturbance(what)

    async def _kill_store(self) -> None:
        redis = self._chorus.redis
        assert redis is not None
        self._ledger.is_store_away = True
        self._ledger.doubt_all_in_flight()
        self._note("kill redis")
        await redis.kill()
        await asyncio.sleep(self._random.uniform(0, 1))
        await redis.start(*REDIS_OPTIONS)
        self._note("redis is up")
        # The orchestrators take a moment to notice.
        await asyncio.sleep(2)
        self._ledger.doubt_all_in_flight()
        self._ledger.is_store_away = False
