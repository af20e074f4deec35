import pytest
from hypothesis import given
from hypothesis import strategies as st

from modelkit.json_schema.code_fence import CodeFence, without_fence

JSON = '{"a": "``` b\n```"}'


def streamed(answer: str, size: int) -> str:
    fence = CodeFence()
    return "".join(fence.feed(answer[at : at + size]) for at in range(0, len(answer), size)) + fence.end()


@pytest.mark.parametrize("size", [1, 2, 5, 1000])
@pytest.mark.parametrize(
    "answer",
    [
        f"```\n{JSON}\n```",
        f"```json\n{JSON}\n```",
        f" \n```JSON \r\n{JSON}\r\n```\r\n \n",
        f"```json\n{JSON}```",
    ],
)
def test_what_a_fence_encloses_is_the_answer(answer: str, size: int) -> None:
    assert without_fence(answer).strip() == JSON
    assert streamed(answer, size).strip() == JSON


@pytest.mark.parametrize("size", [1, 2, 5, 1000])
@pytest.mark.parametrize(
    "answer",
    [
        JSON,
        f"\n {JSON}\n",
        "",
        "``",
        "```",
        "```json",
        "`quoted`",
        f"Here it is:\n```json\n{JSON}\n```",
        f"```python\n{JSON}\n```",
        f"````json\n{JSON}\n````",
        f"~~~json\n{JSON}\n~~~",
        "```" + " " * 100_000,
    ],
)
def test_any_other_form_passes_as_it_is(answer: str, size: int) -> None:
    assert without_fence(answer) == answer
    assert streamed(answer, size) == answer


@pytest.mark.parametrize("answer", [f"```json\n{JSON}", f"```\n{JSON}\n```\nI hope that helps.", "```\n``"])
def test_a_fence_that_does_not_enclose_the_whole_is_none(answer: str) -> None:
    fence = CodeFence()
    fence.feed(answer)
    assert fence.is_open
    assert without_fence(answer) == answer


@given(st.text(alphabet='`{}\n js"a', max_size=60), st.integers(1, 9))
def test_pieces_give_what_the_whole_gives(answer: str, size: int) -> None:
    whole = CodeFence()
    assert streamed(answer, size) == whole.feed(answer) + whole.end()


def test_words_come_as_soon_as_they_cannot_be_the_fence() -> None:
    fence = CodeFence()
    assert fence.feed("```json\n") == ""
    assert fence.feed('{"a": 1,') == '{"a": 1,'
    assert fence.feed(" ") == ""
    assert fence.feed('"b": 2}\n``') == ' "b": 2}'
    assert fence.feed("`") == ""
    assert not fence.is_open
    assert fence.end() == ""
