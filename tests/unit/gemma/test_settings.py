import pytest

from rpckit.settings import Environment, SettingError
from services.gemma.settings import GemmaSettings


@pytest.mark.parametrize(
    ("source", "name"),
    [
        ("", "gemma/gemma-3-4b-it"),
        ("google/gemma-3-1b-it", "gemma/gemma-3-1b-it"),
        ("/models/gemma-3-270m-it/", "gemma/gemma-3-270m-it"),
    ],
)
def test_the_models_name_is_the_last_part_of_where_it_is(source: str, name: str) -> None:
    assert GemmaSettings.read(Environment({"GEMMA_MODEL": source})).name == name


def test_several_answers_at_a_time_and_at_least_one_thread() -> None:
    settings = GemmaSettings.read(Environment({}))
    assert settings.server.port == 50052
    assert settings.server.max_in_flight == 8
    assert settings.threads >= 1


def test_a_core_is_left_to_others_where_others_are_served(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("os.sched_getaffinity", lambda _process: range(4))
    assert GemmaSettings.read(Environment({})).threads == 3
    assert GemmaSettings.read(Environment({}), spare_cores=0).threads == 4
    assert GemmaSettings.read(Environment({"GEMMA_THREADS": "2"}), spare_cores=0).threads == 2


def test_a_wrong_number_of_threads_is_named() -> None:
    with pytest.raises(SettingError, match="GEMMA_THREADS"):
        GemmaSettings.read(Environment({"GEMMA_THREADS": "0"}))


def test_images_are_read_only_if_they_are_asked_for() -> None:
    assert not GemmaSettings.read(Environment({})).images
    assert GemmaSettings.read(Environment({"GEMMA_IMAGES": "yes"})).images


def test_an_unknown_precision_is_named() -> None:
    said = "GEMMA_PRECISION: 'fp32' is none of auto, bf16, nf4, int4, int4h8, q4_0, int8"
    with pytest.raises(SettingError, match=said):
        GemmaSettings.read(Environment({"GEMMA_PRECISION": "fp32"}))
