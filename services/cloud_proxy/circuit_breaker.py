"""Keeps calls from a model while they would fail, and tries with one call at a time whether it is back.

A closed breaker opens at a failure of the key or the quota, or when many of the latest attempts have failed.
When its pause is over it is half open: one attempt goes out and the others are refused. If that is answered
it closes; if not, it is open for twice as long.
"""

import math
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from rpckit.call import Clock
from rpckit.errors import ChorusError, ProviderAuth, QuotaExhausted, RateLimited, Timeout, Unavailable

# It opens once half of the attempts of the last minute have failed, of at least so many.
_WINDOW_SECONDS = 60.0
_LEAST_ATTEMPTS = 5
_FAILING_SHARE = 0.5
_MAX_ATTEMPTS = 100
# Seconds. The pause doubles with each attempt that fails.
_FIRST_PAUSE = 5.0
_FIRST_PAUSE_OF_OPERATOR = 30.0
_LONGEST_PAUSE = 120.0
# A pause that the provider names is kept to, up to this.
_LONGEST_NAMED_PAUSE = 600.0
# Who is refused while another call tries is told to come back so much later.
_RETRY_DELAY_OF_TRIAL = 1.0
# Before a model's first answer, silence says nothing about it until so many seconds have passed, and after
# quick answers until so few.
_PRESUMED_SECONDS = 10.0
_LEAST_SILENCE_SECONDS = 1.0
_USUAL_SHARE = 0.95
_KEPT_ANSWERS = 50


class CircuitOpen(Unavailable):
    """The model was not asked, because it has just failed too often."""


@dataclass(slots=True)
class WatchedAttempt:
    """One attempt; whoever makes it sets `has_begun` once the model has begun to answer."""

    has_begun: bool = False


class CircuitBreaker:
    """The breaker of one model of one endpoint.

    Args:
        on_change: Is told whether the model is kept from calls, each time that this changes.
        clock: Returns the monotonic time in seconds.
    """

    def __init__(
        self, on_change: Callable[[bool], None] = lambda _: None, clock: Clock = time.monotonic
    ) -> None:
        self._on_change = on_change
        self._clock = clock
        self._attempts: deque[tuple[float, bool]] = deque(maxlen=_MAX_ATTEMPTS)
        self._answer_seconds: deque[float] = deque(maxlen=_KEPT_ANSWERS)
        self._cause: ChorusError | None = None
        self._open_until = 0.0
        self._pause = 0.0
        self._is_being_tried = False

    @property
    def refusal(self) -> ChorusError | None:
        """The error of a call that comes now; None: it may ask."""
        cause = self._cause
        if cause is None:
            return None
        rest = self._open_until - self._clock()
        if rest <= 0 and not self._is_being_tried:
            return None
        if rest <= 0:
            rest, when = _RETRY_DELAY_OF_TRIAL, "it is being tried again"
        else:
            when = f"it is tried again in {math.ceil(rest)} s"
        text = f"{cause.text}; {when}"
        if isinstance(cause, ProviderAuth | QuotaExhausted):
            return type(cause)(text, metadata=cause.metadata)
        return CircuitOpen(text, retry_delay=rest)

    def check(self) -> None:
        """Raises the error of a call that comes now, if it may not ask.

        Raises:
            ProviderAuth, QuotaExhausted: So did the attempt fail that opened it.
            CircuitOpen: Too many attempts have failed.
        """
        if (refusal := self.refusal) is not None:
            raise refusal

    @contextmanager
    def attempt(self) -> Iterator[WatchedAttempt]:
        """Learns from how the block, one attempt, ends.

        Raises:
            ChorusError: As `check` does; the block is not entered.
        """
        self.check()
        is_trial = self._cause is not None
        self._is_being_tried = is_trial
        started = self._clock()
        failure: ChorusError | None = None
        watched = WatchedAttempt()
        has_answered = False
        try:
            yield watched
            has_answered = True
        except ChorusError as error:
            failure = error
            raise
        finally:
            if is_trial:
                self._is_being_tried = False
            # Once it is open only the trial counts: what began before says nothing new.
            if is_trial or self._cause is None:
                seconds = self._clock() - started
                if has_answered:
                    self._answer_seconds.append(seconds)
                self._learn(failure, seconds, is_silent=not (has_answered or watched.has_begun))

    def _learn(self, failure: ChorusError | None, seconds: float, *, is_silent: bool) -> None:
        match failure:
            case ProviderAuth() | QuotaExhausted():
                self._open(failure, _FIRST_PAUSE_OF_OPERATOR)
            case Unavailable():
                self._count_failure(failure)
            case Timeout() if seconds >= self._usual_seconds():
                self._count_failure(failure)
            case Timeout() | RateLimited():
                pass
            case None if is_silent:
                # The caller left. If it waited for longer than answers take, it left because of the silence.
                if seconds >= self._usual_seconds():
                    self._count_failure(Timeout("the provider did not answer in time"))
            case _:
                # An answer that is bad or that the caller leaves, or a refusal of this request, is an answer
                # all the same.
                self._count_answer()

    def _count_answer(self) -> None:
        if self._cause is not None:
            self._cause = None
            self._attempts.clear()
            self._on_change(False)  # noqa: FBT003 - a callable of one argument takes it by place
        self._attempts.append((self._clock(), True))

    def _count_failure(self, failure: ChorusError) -> None:
        if self._cause is not None:
            self._open(failure, _FIRST_PAUSE)
            return
        now = self._clock()
        self._attempts.append((now, False))
        latest = [answered for at, answered in self._attempts if at > now - _WINDOW_SECONDS]
        if len(latest) >= _LEAST_ATTEMPTS and latest.count(False) >= _FAILING_SHARE * len(latest):
            self._open(failure, _FIRST_PAUSE)

    def _open(self, cause: ChorusError, first_pause: float) -> None:
        was_closed = self._cause is None
        self._pause = first_pause if was_closed else min(2 * self._pause, _LONGEST_PAUSE)
        named = min(cause.retry_delay or 0.0, _LONGEST_NAMED_PAUSE)
        self._open_until = self._clock() + max(self._pause, named)
        self._cause = cause
        if was_closed:
            self._on_change(True)  # noqa: FBT003 - a callable of one argument takes it by place

    def _usual_seconds(self) -> float:
        """Returns what nearly all of the latest answers have taken at most, but not less than a second."""
        if not self._answer_seconds:
            return _PRESUMED_SECONDS
        ordered = sorted(self._answer_seconds)
        return max(_LEAST_SILENCE_SECONDS, ordered[math.ceil(_USUAL_SHARE * len(ordered)) - 1])
