from chorus.feedback.v1 import feedback_pb2, feedback_service_pb2
from chorus.model.v1 import failure_pb2
from chorus_command_line.english import ENGLISH
from chorus_command_line.korean import KOREAN
from chorus_command_line.panel_view import PanelView
from chorus_command_line.words import Words
from tests.unit.command_line.messages import MEASURED, UNKNOWN, plain, seconds, strength, usage

Event = feedback_service_pb2.StreamFeedbackResponse


def accepted(*models: str) -> Event:
    return Event(accepted=Event.Accepted(models=models))


def delta(model: str) -> Event:
    return Event(delta=Event.Delta(model=model, point=strength()))


def answer(model: str, **fields: object) -> Event:
    feedback = feedback_pb2.ModelFeedback(points=[strength(), strength()])
    result = feedback_pb2.ModelResult(
        model=model, latency=seconds(2.34), usage=usage(420_000, MEASURED), feedback=feedback
    )
    result.MergeFrom(feedback_pb2.ModelResult(**fields))  # type: ignore[arg-type]
    return Event(result=result)


def failed(model: str, failure: failure_pb2.Failure) -> Event:
    return Event(result=feedback_pb2.ModelResult(model=model, latency=seconds(12.6), failure=failure))


def line(event: Event, words: Words = ENGLISH) -> str:
    said = PanelView(words).accept(event)
    assert said is not None
    return said.plain


def test_who_is_asked_is_one_line() -> None:
    assert line(accepted("a/b", "c/d")) == "Asked: a/b, c/d"
    assert line(accepted("a/b", "c/d"), KOREAN) == "물어본 모델: a/b, c/d"


def test_an_answer_has_its_seconds_points_and_cost() -> None:
    assert line(answer("a/b")) == "✓ a/b  2.3 s, points: 2, $0.00042 (measured)"
    assert line(answer("a/b"), KOREAN) == "✓ a/b  2.3초, 의견 2개, $0.00042 (측정값)"


def test_an_answer_says_what_was_left_out_and_whom_it_stands_in_for() -> None:
    rejecting = feedback_pb2.ModelFeedback(rejected=[feedback_pb2.RejectedPoint()])
    said = line(answer("a/b", feedback=rejecting, substitute_for="c/d", usage=usage(1, UNKNOWN)))
    assert "left out, not borne out by the text: 1" in said
    assert "at least $" in said
    assert said.endswith("stands in for c/d")


def test_a_failure_says_why_and_what_to_set() -> None:
    failure = failure_pb2.Failure(
        reason=failure_pb2.ERROR_REASON_PROVIDER_AUTH, metadata={"setting": "OPENAI_API_KEY"}
    )
    assert (
        line(failed("a/b", failure)) == "✗ a/b  13 s, no key, or the provider rejected it: set OPENAI_API_KEY"
    )
    assert (
        line(failed("a/b", failure), KOREAN)
        == "✗ a/b  13초, 키가 없거나 거부됐어요: OPENAI_API_KEY 값을 설정하세요"
    )


def test_points_that_are_not_final_are_no_line() -> None:
    assert PanelView(ENGLISH).accept(delta("a/b")) is None


def test_rows_follow_the_panel_and_align() -> None:
    view = PanelView(ENGLISH)
    for event in (accepted("long/name", "a/b", "c/d"), delta("a/b"), delta("a/b"), answer("long/name")):
        view.accept(event)
    first, second, third = plain(view).splitlines()
    assert first.startswith("✓ long/name  2.3 s")
    assert second.endswith("a/b        points so far: 2")
    assert third.endswith("c/d        reading")


def test_a_result_replaces_what_came_before_it() -> None:
    view = PanelView(ENGLISH)
    for event in (accepted("a/b"), delta("a/b"), answer("a/b"), delta("a/b")):
        view.accept(event)
    assert plain(view) == "✓ a/b  2.3 s, points: 2, $0.00042 (measured)\n"
