import stat
from dataclasses import replace
from pathlib import Path
from threading import Thread

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, create_engine, text

from clients.web.server.classes import database
from clients.web.server.classes.class_store import AlreadyAsked, ClassStore, TooMany
from clients.web.server.classes.database import LATEST, UnusableDatabase, open_database
from clients.web.server.classes.missing_files import MissingFiles
from clients.web.server.classes.tables import Base, State, StopReason, Work, new_id
from clients.web.server.classes.work_queue import Claimed, Held, NotReviewed, Price, Reviewed, WorkQueue
from tests.patience import PATIENCE
from tests.unit.web_classes.kept_classes import OWNER, a_class, assignment, states, work

ANSWER = Reviewed(
    feedback=b"answer",
    feedback_id="f1",
    cost_nanos=70,
    is_cost_whole=True,
    asked=3,
    answered=2,
    contested=1,
    spread=0.25,
)
REFUSED = NotReviewed(b"why", "f2", 5, is_cost_whole=True, keeps_request=False)
LOST = NotReviewed(b"why", "", 0, is_cost_whole=True, keeps_request=True)


def _price(nanos: int) -> Price:
    return lambda _: nanos


@pytest.mark.parametrize("is_old", [False, True])
def test_a_new_database_and_one_that_is_migrated_are_what_the_code_expects(
    address: str, is_old: bool
) -> None:
    if is_old:
        # Before the first migration.
        engine = create_engine(address.replace("postgresql:", "postgresql+psycopg:"))
        with engine.begin() as connection:
            connection.execute(text("CREATE TABLE alembic_version (version_num VARCHAR(32) PRIMARY KEY)"))
        engine.dispose()
    engine = open_database(address)
    with engine.connect() as connection:
        context = MigrationContext.configure(connection)
        assert context.get_current_revision() == LATEST
        assert compare_metadata(context, Base.metadata) == []
    engine.dispose()


def test_the_last_migration_is_the_one_that_the_code_knows() -> None:
    migrations = str(Path(database.__file__).with_name("migrations"))
    assert ScriptDirectory(migrations).get_current_head() == LATEST


def test_a_database_of_the_last_version_is_brought_up_to_date(address: str) -> None:
    engine = open_database(address)
    kept, _ = a_class(ClassStore(engine))
    with engine.begin() as connection:
        connection.execute(text("DROP TABLE missing_file"))
        connection.execute(text("UPDATE alembic_version SET version_num = '0001'"))
    engine.dispose()
    engine = open_database(address)
    assert states(ClassStore(engine), kept) == [State.NEW, State.NEW]
    assert MissingFiles(engine).of(kept) == []
    engine.dispose()


def test_a_database_of_a_later_version_is_refused(address: str) -> None:
    engine = open_database(address)
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    engine.dispose()
    with pytest.raises(UnusableDatabase, match="a later version"):
        open_database(address)


def test_what_is_kept_is_there_when_the_database_is_opened_again(address: str) -> None:
    first = open_database(address)
    words = "NUL \0, 한글, \U0001f469\u200d\U0001f33e and \u202e"
    assignment_id = ClassStore(first).add(assignment(title=words))
    kept = work(words, data=b"\0\xff", format="docx")
    ClassStore(first).add_work(assignment_id, kept)
    first.dispose()
    second = open_database(address)
    found = ClassStore(second).work(OWNER, assignment_id, kept.id)
    assert found is not None
    # PostgreSQL keeps no NUL; another character is in its place, so that no offset moves.
    assert found[1].text == found[0].title == words.replace("\0", "\ufffd")
    assert found[1].data == b"\0\xff"
    second.dispose()


def test_the_file_of_a_class_is_its_owners_alone(tmp_path: Path) -> None:
    open_database(f"sqlite:///{tmp_path}/new/classes.db").dispose()
    assert stat.S_IMODE((tmp_path / "new" / "classes.db").stat().st_mode) == 0o600


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("nonsense", "no address"),
        ("sqlite://", "names a database"),
        ("sqlite:///:memory:", "names a database"),
        ("mysql://u:secret@h/d", "begins with"),
        ("postgresql://u:secret@127.0.0.1:1/d", "OperationalError"),
        ("sqlite:////proc/nothing/here.db", "cannot be made"),
    ],
)
def test_a_database_that_cannot_be_used_is_told_without_its_password(address: str, said: str) -> None:
    with pytest.raises(UnusableDatabase, match=said) as caught:
        open_database(address)
    assert "secret" not in str(caught.value)


def test_nobody_finds_the_class_of_another(store: ClassStore) -> None:
    assignment_id, (work_id, _) = a_class(store)
    assert store.find("other", assignment_id) is None
    assert store.work("other", assignment_id, work_id) is None
    assert store.of_owner("other") == []
    other, _ = a_class(store, owner="other")
    assert store.work("other", other, work_id) is None


def test_a_class_is_listed_with_its_works_by_state(store: ClassStore, queue: WorkQueue) -> None:
    older, _ = a_class(store, created=1.0)
    newer, _ = a_class(store, 3, created=2.0)
    store.start(newer)
    queue.claim(newer, _price(0), 1.0)
    assert [(each.id, counts) for each, counts in store.of_owner(OWNER)] == [
        (newer, {State.WAITING: 2, State.RUNNING: 1}),
        (older, {State.NEW: 2}),
    ]


def test_there_is_an_end_to_what_is_kept(engine: Engine, store: ClassStore) -> None:
    assignment_id, _ = a_class(store)
    with pytest.raises(TooMany, match="2 works"):
        ClassStore(engine, max_works=2).add_work(assignment_id, work())
    with pytest.raises(TooMany, match="28 bytes"):
        ClassStore(engine, max_class_bytes=28).add_work(assignment_id, work(data=b"123"))
    with pytest.raises(TooMany, match="1 classes"):
        ClassStore(engine, max_classes=1).add(assignment())
    ClassStore(engine, max_classes=1).add(assignment(owner="other"))


def test_what_a_class_lacks_has_an_end_and_goes_with_the_class(engine: Engine, store: ClassStore) -> None:
    missing = MissingFiles(engine, max_refused=2)
    assignment_id, _ = a_class(store)
    other, _ = a_class(store)
    missing.refuse(other, "a.rtf", "RTF")
    missing.name(assignment_id, ["1", "2", "3"])
    for name in ("a.rtf", "b.rtf", "B.pdf", "c.rtf"):
        missing.refuse(assignment_id, name, "BROKEN")
    assert [each.name for each in missing.of(assignment_id)] == ["1", "2", "3", "B.pdf", "c.rtf"]
    store.delete(assignment_id)
    assert missing.of(assignment_id) == []
    assert [each.name for each in missing.of(other)] == ["a.rtf"]


def test_works_run_in_their_order_and_are_answered(store: ClassStore, queue: WorkQueue) -> None:
    assignment_id, (first, second) = a_class(store)
    assert queue.claim(assignment_id, _price(0), 1.0) is Held.NOTHING_WAITS
    assert store.start(assignment_id) == 2
    assert store.start(assignment_id) == 0
    assert queue.claim(assignment_id, _price(0), 1.0) == Claimed(first, was_begun=False)
    assert queue.interrupted() == [first]
    queue.succeed(first, ANSWER)
    assert states(store, assignment_id) == [State.TO_REVIEW, State.WAITING]
    found = store.work(OWNER, assignment_id, first)
    assert found is not None
    assert (found[1].feedback, found[1].cost_nanos, found[1].contested) == (b"answer", 70, 1)
    # An answer that comes twice counts once.
    queue.succeed(first, ANSWER)
    found = store.work(OWNER, assignment_id, first)
    assert found is not None
    assert found[1].cost_nanos == 70
    assert queue.claim(assignment_id, _price(0), 1.0) == Claimed(second, was_begun=False)


def test_decisions_move_a_work_on(store: ClassStore, queue: WorkQueue) -> None:
    assignment_id, (first, second) = a_class(store)
    assert not store.decide(first, b"d", is_final=True)
    store.start(assignment_id)
    queue.claim(assignment_id, _price(0), 1.0)
    queue.succeed(first, ANSWER)
    assert store.decide(first, b"d", is_final=False)
    store.give_back([first, second])
    assert states(store, assignment_id)[0] == State.TO_REVIEW
    store.decide(first, b"d", is_final=True)
    assert states(store, assignment_id)[0] == State.DECIDED
    store.give_back([first, second])
    assert states(store, assignment_id) == [State.GIVEN_BACK, State.WAITING]
    store.decide(first, b"d", is_final=False)
    assert states(store, assignment_id)[0] == State.TO_REVIEW


def test_again_repeats_the_request_where_answers_may_have_been_bought(
    store: ClassStore, queue: WorkQueue
) -> None:
    assignment_id, (first, second) = a_class(store, limit_nanos=1000)
    assert store.again(assignment_id, first) == 0
    store.start(assignment_id)
    for each in (first, second):
        assert queue.claim(assignment_id, _price(40), 1.0) == Claimed(each, was_begun=False)
    before = _request_ids(store, assignment_id)
    queue.fail(first, LOST)
    queue.fail(second, REFUSED)
    assert states(store, assignment_id) == [State.FAILED, State.FAILED]
    assert _reserves(store, assignment_id) == [40, None]
    assert store.again(assignment_id, first) == store.again(assignment_id, second) == 1
    # The price has changed; the request that is repeated has not.
    for each in (first, second):
        assert queue.claim(assignment_id, _price(60), 2.0) == Claimed(each, was_begun=each == first)
    after = _request_ids(store, assignment_id)
    assert after[0] == before[0]
    assert after[1] != before[1]
    assert _reserves(store, assignment_id) == [40, 60]


def test_two_that_claim_at_once_take_two_works(store: ClassStore, queue: WorkQueue) -> None:
    assignment_id, works = a_class(store, 2, limit_nanos=100)
    store.start(assignment_id)
    claimed: list[Claimed | Held] = []
    other = Thread(target=lambda: claimed.append(queue.claim(assignment_id, _price(0), 1.0)))

    def price_while_another_claims(_: Work) -> int:
        other.start()
        # It has to wait, so this passes in vain.
        other.join(timeout=0.2)
        return 0

    claimed.append(queue.claim(assignment_id, price_while_another_claims, 1.0))
    other.join(timeout=PATIENCE)
    assert sorted(each.work_id for each in claimed if isinstance(each, Claimed)) == sorted(works)


def test_the_limit_holds_for_the_whole(store: ClassStore, queue: WorkQueue) -> None:
    assignment_id, (first, second, third) = a_class(store, 3, limit_nanos=100)
    store.start(assignment_id)
    assert queue.claim(assignment_id, _price(60), 1.0) == Claimed(first, was_begun=False)
    # What the first may still cost is not there for the second.
    assert queue.claim(assignment_id, _price(60), 1.0) is Held.MONEY_IS_RESERVED
    queue.succeed(first, replace(ANSWER, cost_nanos=30))
    assert queue.claim(assignment_id, _price(60), 1.0) == Claimed(second, was_begun=False)
    # Nobody knows what was billed of the second: all that it may have cost counts.
    queue.succeed(second, replace(ANSWER, cost_nanos=5, is_cost_whole=False))
    assert queue.claim(assignment_id, _price(20), 1.0) is Held.LIMIT
    assert states(store, assignment_id) == [State.TO_REVIEW, State.TO_REVIEW, State.NEW]
    found = store.find(OWNER, assignment_id)
    assert found is not None
    assert found[0].stop_reason == StopReason.LIMIT
    store.change(assignment_id, {"limit_nanos": 110})
    store.start(assignment_id)
    assert queue.claim(assignment_id, _price(20), 1.0) == Claimed(third, was_begun=False)


def test_a_class_that_is_stopped_keeps_its_answers(store: ClassStore, queue: WorkQueue) -> None:
    assignment_id, (first, second, _) = a_class(store, 3)
    store.start(assignment_id)
    for each in (first, second):
        assert queue.claim(assignment_id, _price(0), 1.0) == Claimed(each, was_begun=False)
    queue.succeed(first, ANSWER)
    request_id = _request_ids(store, assignment_id)[1]
    store.stop(assignment_id, StopReason.TEACHER)
    assert states(store, assignment_id) == [State.TO_REVIEW, State.NEW, State.NEW]
    # One that was asked and failed at once is no failure any more.
    queue.fail(second, LOST)
    assert states(store, assignment_id)[1] == State.NEW
    store.start(assignment_id)
    assert queue.claim(assignment_id, _price(0), 1.0) == Claimed(second, was_begun=True)
    assert _request_ids(store, assignment_id)[1] == request_id
    # And one whose answer came in the same moment has it.
    store.stop(assignment_id, StopReason.TEACHER)
    queue.succeed(second, ANSWER)
    assert states(store, assignment_id)[1] == State.TO_REVIEW


def test_an_assignment_changes_until_a_work_is_asked_for(store: ClassStore, queue: WorkQueue) -> None:
    assignment_id, (first, _) = a_class(store)
    store.change(assignment_id, {"task": "Another task.", "models": '["c/1"]'})
    store.start(assignment_id)
    queue.claim(assignment_id, _price(0), 1.0)
    store.stop(assignment_id, StopReason.TEACHER)
    # It waits again, and its request may have been made.
    assert states(store, assignment_id) == [State.NEW, State.NEW]
    with pytest.raises(AlreadyAsked, match="notes"):
        store.change(assignment_id, {"title": "T", "notes": "Other notes."})
    store.change(assignment_id, {"title": "Renamed", "task": "Another task.", "limit_nanos": 7})
    found = store.work(OWNER, assignment_id, first)
    assert found is not None
    kept = found[0]
    assert (kept.title, kept.task, kept.models, kept.limit_nanos) == (
        "Renamed",
        "Another task.",
        '["c/1"]',
        7,
    )
    store.change(new_id(), {"title": "Of a class that is gone"})


def test_classes_take_turns(store: ClassStore, queue: WorkQueue) -> None:
    first, _ = a_class(store, 5, created=1.0)
    second, _ = a_class(store, 1, created=2.0, owner="other")
    store.start(first)
    assert [each.id for each in queue.waiting()] == [first]
    store.start(second)
    assert queue.claim(first, _price(0), 1.0)
    assert [each.id for each in queue.waiting()] == [second, first]


def test_what_is_deleted_is_gone(store: ClassStore, queue: WorkQueue) -> None:
    assignment_id, (first, second) = a_class(store)
    store.start(assignment_id)
    queue.claim(assignment_id, _price(0), 1.0)
    store.delete_work(assignment_id, first)
    queue.succeed(first, ANSWER)
    assert states(store, assignment_id) == [State.WAITING]
    store.delete(assignment_id)
    assert store.find(OWNER, assignment_id) is None
    assert queue.running(second) is None
    assert queue.claim(assignment_id, _price(0), 1.0) is Held.NOTHING_WAITS
    assert queue.claim(new_id(), _price(0), 1.0) is Held.NOTHING_WAITS


def _request_ids(store: ClassStore, assignment_id: str) -> list[str]:
    found = store.find(OWNER, assignment_id)
    assert found is not None
    return [each.request_id for each in found[1]]


def _reserves(store: ClassStore, assignment_id: str) -> list[int | None]:
    found = store.find(OWNER, assignment_id)
    assert found is not None
    return [each.reserve_nanos for each in found[1]]
