import hashlib
from pathlib import Path

import pytest

from rpckit.callers import Callers, CallerSettings, CallerTokens, machine_of
from rpckit.errors import RateLimited
from rpckit.settings import Environment, ServerSettings, SettingError


def line(name: str, token: str) -> str:
    return f"{name}:{hashlib.sha256(token.encode()).hexdigest()}\n"


def test_a_token_is_its_callers_alone(tmp_path: Path) -> None:
    path = tmp_path / "tokens"
    path.write_text("# callers\n\n" + line("tutor", "t-1") + line("tutor", "t-2") + line("library", "l-1"))
    tokens = CallerTokens(path)
    assert [tokens.caller(token) for token in ("t-1", "t-2", "l-1")] == ["tutor", "tutor", "library"]
    assert [tokens.caller(token) for token in ("", "t-3", hashlib.sha256(b"t-1").hexdigest())] == [""] * 3


def test_the_file_is_read_again_and_a_broken_one_changes_nothing(tmp_path: Path) -> None:
    path = tmp_path / "tokens"
    path.write_text(line("tutor", "old"))
    tokens = CallerTokens(path, reload_interval_seconds=0)
    path.write_text(line("tutor", "new"))
    assert (tokens.caller("old"), tokens.caller("new")) == ("", "tutor")
    path.write_text("tutor:plain\n")
    assert tokens.caller("new") == "tutor"
    path.unlink()
    assert tokens.caller("new") == "tutor"


def test_a_file_with_a_plain_token_is_refused_without_showing_it(tmp_path: Path) -> None:
    path = tmp_path / "tokens"
    path.write_text(line("tutor", "t") + "library:planted\n")
    with pytest.raises(SettingError, match=r"CHORUS_CALLER_TOKENS: .*line 2") as caught:
        read(CHORUS_CALLER_TOKENS=str(path))
    assert "planted" not in str(caught.value)


def test_tokens_do_not_travel_in_plaintext(tmp_path: Path) -> None:
    path = tmp_path / "tokens"
    path.write_text(line("tutor", "t"))
    read(CHORUS_CALLER_TOKENS=str(path), CHORUS_INSECURE="yes")
    with pytest.raises(SettingError, match="CHORUS_CALLER_TOKENS: tokens do not travel"):
        read(CHORUS_CALLER_TOKENS=str(path), CHORUS_INSECURE="yes", X_HOST="10.0.0.1")


def test_who_may_call_needs_a_name() -> None:
    with pytest.raises(SettingError, match="X_CALLERS: nobody has a name here: set CHORUS_TLS_DIR"):
        read(X_CALLERS="orchestrator")
    assert read(X_CALLERS=" , ").callers.allowed == frozenset()


def read(**variables: str) -> ServerSettings:
    return ServerSettings.read(Environment(variables), "X", port=1, has_outside_callers=True)


def test_each_caller_has_a_minutes_allowance_that_comes_back_bit_by_bit() -> None:
    now = 0.0
    callers = Callers(CallerSettings(calls_per_minute=7), clock=lambda: now)
    for _ in range(7):
        callers.count("tutor")
    with pytest.raises(RateLimited) as caught:
        callers.count("tutor")
    assert caught.value.retry_delay == pytest.approx(60 / 7)
    callers.count("library")
    now = 60 / 7
    callers.count("tutor")
    with pytest.raises(RateLimited):
        callers.count("tutor")
    now = 1000
    for _ in range(7):
        callers.count("tutor")
    with pytest.raises(RateLimited):
        callers.count("tutor")


def test_who_has_no_name_gets_no_more_calls_by_naming_others() -> None:
    callers = Callers(CallerSettings(calls_per_minute=2), clock=lambda: 0.0)
    callers.count(":kim")
    callers.count("")
    with pytest.raises(RateLimited):
        callers.count(":lee")
    callers.count("page:kim")
    callers.count("page:lee")


def test_full_allowances_are_forgotten_when_there_are_many(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("rpckit.callers._MOST_ALLOWANCES", 3)
    now = 0.0
    callers = Callers(CallerSettings(calls_per_minute=1), clock=lambda: now)
    for person in range(100):
        callers.count(f"page:{person}")
        now += 59
        with pytest.raises(RateLimited):
            callers.count(f"page:{person}")
        assert len(callers._full_at) <= 3


async def test_further_requests_of_a_call_wait_until_they_may_come() -> None:
    now = 0.0

    async def sleep(seconds: float) -> None:
        nonlocal now
        now += seconds

    callers = Callers(CallerSettings(calls_per_minute=6), clock=lambda: now, sleep=sleep)
    callers.count("tutor")
    came = []
    for _ in range(8):
        await callers.count_further("tutor")
        came.append(now)
    assert came == pytest.approx([0, 0, 0, 0, 0, 10, 20, 30])
    await callers.count_further("library")
    assert now == pytest.approx(30)


@pytest.mark.parametrize(
    ("peer", "machine"),
    [
        ("ipv4:10.0.0.7:4711", "10.0.0.7"),
        ("ipv4:127.0.0.1:4711", ""),
        ("ipv6:%5B::1%5D:4711", ""),
        ("ipv6:[::ffff:10.0.0.7]:4711", "10.0.0.7"),
        ("ipv6:%5B2001:db8:1:2:3:4:5:6%5D:4711", "2001:db8:1:2::/64"),
        ("unix:/run/chorus", ""),
    ],
)
def test_a_nameless_caller_is_its_machine_unless_that_is_this_one(peer: str, machine: str) -> None:
    assert machine_of(peer) == machine
