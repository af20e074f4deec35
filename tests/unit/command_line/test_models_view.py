from chorus.feedback.v1 import feedback_service_pb2
from chorus.model.v1 import model_pb2
from chorus_command_line.english import ENGLISH
from chorus_command_line.korean import KOREAN
from chorus_command_line.models_view import absent, comparison
from tests.unit.command_line.messages import plain, seconds

Model = model_pb2.Model

CLOUD = Model(
    name="openai/gpt-4o",
    state=Model.STATE_READY,
    price=model_pb2.Price(input_usd_nanos=2_500_000_000, output_usd_nanos=10_000_000_000),
    track_record=model_pb2.TrackRecord(
        calls=40, failure_rate=0.125, latency=seconds(4.2), output_tokens_per_second=143.2
    ),
)
LOCAL = Model(
    name="gemma/gemma-3-4b-it",
    state=Model.STATE_LOADING,
    state_detail="loading the weights; try again",
    price=model_pb2.Price(),
    footprint=model_pb2.Footprint(memory_bytes=2_200_000_000, disk_bytes=3_100_000_000),
)

RETIRED = Model(
    name="x/old",
    state=Model.STATE_UNAVAILABLE,
    state_detail="retired on 2025-09-24; use x/new",
    retirement_date="2025-09-24",
    successor="x/new",
)


def off(name: str, detail: str) -> Model:
    return Model(name=name, state=Model.STATE_UNAVAILABLE, state_detail=detail)


def models(
    *each: Model, unreachable: tuple[str, ...] = (), panel: tuple[str, ...] = ()
) -> feedback_service_pb2.ListModelsResponse:
    return feedback_service_pb2.ListModelsResponse(models=each, unreachable=unreachable, default_panel=panel)


def row(name: str, shown: str) -> list[str]:
    return next(line.split() for line in shown.splitlines() if line.startswith(name))


def test_the_table_compares_price_speed_and_failures() -> None:
    found = models(CLOUD, LOCAL, off("a/b", ""), panel=(CLOUD.name, "a/b"))
    found.max_review_cost_usd_nanos.update({CLOUD.name: 210_000_000, LOCAL.name: 0})
    shown = plain(comparison(found, ENGLISH))
    # 3,000 tokens in and 1,000 out cost 0.0175 dollars.
    assert row("openai/gpt-4o", shown)[1:] == [
        *("ready", "yes", "-", "-"),
        *("2.50", "10.00", "0.018", "0.21"),
        *("143.2", "4.2", "12%"),
    ]
    assert row("a/b", shown)[2] == "yes"
    assert "In panel: 2 models" in shown
    assert "at most $0.21 for two pages, beside 1 of a price that is not known." in " ".join(shown.split())
    assert row(LOCAL.name, shown)[1:3] == ["loading", "2.2"]
    assert row(LOCAL.name, shown)[-4] == "0.00"


def test_the_table_has_memory_and_disk_of_a_local_model() -> None:
    shown = plain(comparison(models(LOCAL), ENGLISH))
    assert row("gemma/gemma-3-4b-it", shown)[1:4] == ["loading", "2.2", "3.1"]
    assert row("gemma/gemma-3-4b-it", shown)[-3:] == ["-", "-", "-"]


def test_a_price_that_is_not_known_is_not_called_free() -> None:
    shown = plain(comparison(models(off("a/b", "set A_KEY")), ENGLISH))
    assert row("a/b", shown)[4:8] == ["-", "-", "-", "-"]


def test_the_table_fits_eighty_columns_and_keeps_long_names_whole() -> None:
    name = "huggingface/google/gemma-3-4b-it"
    shown = plain(comparison(models(CLOUD, off(name, "set HF_TOKEN")), ENGLISH), width=80)
    table = shown.split("\n\n")[0].splitlines()
    assert max(map(len, table)) <= 80
    column = table[1].index("state")
    assert name in "".join(line[:column].strip() for line in table)


def test_models_that_cannot_take_part_stand_under_what_to_set() -> None:
    found = models(
        CLOUD,
        off("x/a", "set X_KEY"),
        RETIRED,
        LOCAL,
        off("x/b", "set X_KEY"),
        off("y/a", "y refuses Y_KEY; set another"),
        off("gemma/b", "set GEMMA_MODEL to a folder or a repository name of a Gemma model"),
        unreachable=("127.0.0.1:50052",),
    )
    assert plain(absent(found, KOREAN)).splitlines() == [
        "",
        "참여하지 못한 모델과 필요한 설정",
        "   X_KEY 값을 설정하세요",
        "      x/a, x/b",
        "   2025-09-24에 종료됐어요; x/new 모델을 쓰세요",
        "      x/old",
        "   모델을 불러오고 있어요. 잠시 뒤에 다시 해 보세요",
        "      gemma/gemma-3-4b-it",
        "   Y_KEY 값이 거부됐어요. 다른 키를 설정하세요",
        "      y/a",
        "   GEMMA_MODEL 값을 Gemma 모델의 폴더나 저장소 이름으로 설정하세요",
        "      gemma/b",
        "   서버가 답하지 않아요",
        "      127.0.0.1:50052",
    ]


def test_a_retired_model_is_not_just_off() -> None:
    lasting = off("x/b", "set X_KEY")
    lasting.retirement_date = "9999-01-01"
    shown = plain(comparison(models(RETIRED, lasting), ENGLISH))
    assert row("x/old", shown)[1] == "retired"
    assert row("x/b", shown)[1] == "off"
    assert "retired on 2025-09-24; use x/new" in shown


def test_nothing_is_said_when_every_model_is_ready() -> None:
    assert plain(absent(models(CLOUD), ENGLISH)).strip() == ""
