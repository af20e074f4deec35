from datetime import date
from pathlib import Path

import pytest

from chorus.model.v1 import generation_pb2, model_pb2
from services.cloud_proxy.catalog import Catalog
from services.cloud_proxy.catalog_file import PACKAGED, CatalogError

TODAY = date(2026, 11, 24)
PRICE = "{ input = 1, output = 1 }"
LEVELS = 'thinking_tokens = 9\nreasoning_efforts = ["low"]\n'
LINE = 'display_name = "A"\nfamily = "a"\ncapabilities = ["TEXT"]\n'


def read(tmp_path: Path, text: str) -> Catalog:
    path = tmp_path / "catalog.toml"
    path.write_text(text)
    return Catalog.read(path)


def test_holds_the_reports_models() -> None:
    assert Catalog.read(PACKAGED).entries.keys() >= {
        "openai/gpt-4o",
        "openai/gpt-4o-mini",
        "anthropic/claude-sonnet-4",
        "google/gemini-1.5-flash",
        "google/gemini-2.5-flash-image",
        "huggingface/google/gemma-3-4b-it",
        "huggingface/google/gemma-2b-it",
    }


def test_every_retired_model_has_a_successor_that_answers() -> None:
    ours = Catalog.read(PACKAGED)
    retired = [entry for entry in ours.entries.values() if entry.is_retired(TODAY)]
    assert {entry.name for entry in retired} == {
        "anthropic/claude-sonnet-4",
        "google/gemini-1.5-flash",
        "google/gemini-2.5-flash-image",
    }
    assert not any(ours.successor(entry, TODAY).is_retired(TODAY) for entry in retired)


def test_a_picture_model_is_followed_by_a_picture_model() -> None:
    ours = Catalog.read(PACKAGED)
    successor = ours.successor(ours.entries["google/gemini-2.5-flash-image"], TODAY)
    assert successor.can(model_pb2.CAPABILITY_IMAGE_OUTPUT)


def test_prices_are_exact(tmp_path: Path) -> None:
    entries = read(
        tmp_path, f'[models."openai/a"]\n{LINE}price = {{ input = 0.075, output = 0.30 }}\n'
    ).entries
    assert entries["openai/a"].prices.on(TODAY) == model_pb2.Price(
        input_usd_nanos=75_000_000, cached_input_usd_nanos=75_000_000, output_usd_nanos=300_000_000
    )


def test_what_is_written_to_a_cache_may_have_a_price_of_its_own(tmp_path: Path) -> None:
    line = f'[models."openai/a"]\n{LINE}price = {{ input = 0.1, cache_write = 0.125, output = 0.5 }}\n'
    price = read(tmp_path, line).entries["openai/a"].prices.on(TODAY)
    assert price is not None
    assert price.cache_write_usd_nanos == 125_000_000


@pytest.mark.parametrize(
    ("first", "day", "usd"),
    [
        ("", date(2026, 12, 31), 1),
        ("", date(2027, 1, 1), 2),
        ("", date(2030, 1, 1), 2),
        ('from = "2026-06-01", ', date(2026, 6, 1), 1),
        # Nobody says what it cost before.
        ('from = "2026-06-01", ', date(2026, 5, 31), None),
    ],
)
def test_a_price_holds_from_its_day_on(tmp_path: Path, first: str, day: date, usd: int | None) -> None:
    later = '{ from = "2027-01-01", input = 2, output = 2 }'
    line = f'[models."openai/a"]\n{LINE}price = [{later}, {{ {first}input = 1, output = 1 }}]\n'
    price = read(tmp_path, line).entries["openai/a"].prices.on(day)
    assert (price.input_usd_nanos if price else None) == (usd and usd * 10**9)


def test_levels_are_in_order_whatever_the_order_of_the_line(tmp_path: Path) -> None:
    line = (
        f'[models."openai/a"]\n{LINE}thinking_tokens = 9\ndefault_reasoning_effort = "low"\n'
        'reasoning_efforts = ["max", "low", "xhigh", "none"]\n'
    )
    entry = read(tmp_path, line).entries["openai/a"]
    assert list(entry.reasoning_efforts.items()) == [
        (generation_pb2.REASONING_EFFORT_NONE, "none"),
        (generation_pb2.REASONING_EFFORT_LOW, "low"),
        (generation_pb2.REASONING_EFFORT_MAX, "max"),
    ]
    assert entry.default_reasoning_effort == generation_pb2.REASONING_EFFORT_LOW


def test_all_that_think_have_room_for_it_and_for_a_review() -> None:
    thinkers = [each for each in Catalog.read(PACKAGED).entries.values() if each.reasoning_efforts]
    assert {each.provider for each in thinkers} == {"openai", "anthropic", "google"}
    for each in thinkers:
        assert 30_000 < each.thinking_tokens <= each.max_output_tokens - 8192


def test_a_model_retires_on_its_date(tmp_path: Path) -> None:
    line = f'[models."openai/a"]\n{LINE}retirement_date = "2027-01-14"\n'
    entry = read(tmp_path, line).entries["openai/a"]
    assert not entry.is_retired(date(2027, 1, 13))
    assert entry.is_retired(date(2027, 1, 14))


def test_a_circle_of_successors_ends(tmp_path: Path) -> None:
    old = 'retirement_date = "2020-01-01"\n'
    text = (
        f'[models."openai/a"]\n{LINE}{old}successor = "openai/b"\n'
        f'[models."openai/b"]\n{LINE}{old}successor = "openai/a"\n'
    )
    found = read(tmp_path, text)
    assert found.successor(found.entries["openai/a"], TODAY).name == "openai/b"


def test_any_compatible_server_is_a_line(tmp_path: Path) -> None:
    text = f'[models."mine/org/model"]\n{LINE}base_url = "http://localhost:8000/v1"\n'
    entry = read(tmp_path, text).entries["mine/org/model"]
    assert (entry.provider, entry.id) == ("mine", "org/model")
    assert (entry.endpoint.base_url, entry.endpoint.key_variable) == ("http://localhost:8000/v1", "")


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("models = 3 4", "line 1"),
        ("packaged = false", "models"),
        ("packaged = 1", "packaged"),
        (f'[models."no-slash"]\n{LINE}', "no-slash"),
        (f'[models."openai/{"a" * 194}"]\n{LINE}', "openai/a"),
        ('[models."openai/a"]\nfamily = "a"\n', "openai/a"),
        (f'[models."openai/a"]\n{LINE}colour = "red"\n', "colour"),
        (f'[models."openai/a"]\n{LINE}max_input_tokens = 0\n', "max_input_tokens"),
        (f'[models."openai/a"]\n{LINE}price = {{ input = -1, output = 1 }}\n', "price.input"),
        (f'[models."openai/a"]\n{LINE}retirement_date = "soon"\n', "retirement_date"),
        (
            f'[models."openai/a"]\n{LINE}price = [{{ from = "2027-02-30", input = 1, output = 1 }}]\n',
            r"models\.openai/a\.price\[0\]\.from: '2027-02-30' .* day is out of range for month",
        ),
        (
            f'[models."openai/a"]\n{LINE}price = [{PRICE}, {PRICE}]\n',
            r"price\[1\]\.from: another price",
        ),
        (f'[models."openai/a"]\n{LINE}price = []\n', "price"),
        (f'[models."openai/a"]\n{LINE}price = [{{ input = 1 }}]\n', r"price\.0: 'output'"),
        (f'[models."openai/a"]\n{LINE}thinking_tokens = 0\n', "thinking_tokens"),
        (f'[models."openai/a"]\n{LINE}reasoning_efforts = ["low"]\n', "thinking_tokens"),
        (
            f'[models."anthropic/a"]\n{LINE}thinking_tokens = 9\nreasoning_efforts = ["none"]\n',
            r"models\.anthropic/a\.reasoning_efforts: 'none' is none of disabled",
        ),
        (
            f'[models."openai/a"]\n{LINE}{LEVELS}default_reasoning_effort = "high"\n',
            r"default_reasoning_effort: 'high' is none of low",
        ),
        (f'[models."openai/a"]\n{LINE}successor = "openai/b"\n', "successor"),
        (f'[models."mine/a"]\n{LINE}', "base_url"),
        (f'[models."mine/a"]\n{LINE}base_url = "localhost"\n', "base_url"),
        (f'[models."openai/a"]\n{LINE}base_url = "http://localhost"\n', "base_url"),
    ],
)
def test_a_mistake_names_its_key(tmp_path: Path, text: str, key: str) -> None:
    with pytest.raises(CatalogError, match=key):
        read(tmp_path, text)


def test_a_file_adds_to_the_packaged_catalog_and_changes_its_lines(tmp_path: Path) -> None:
    ours = Catalog.read(PACKAGED).entries
    mine = read(
        tmp_path,
        f'[models."openai/mine"]\n{LINE}'
        '[models."openai/gpt-4o"]\ndisplay_name = "Ours"\nprice = { output = 7 }\n',
    ).entries
    assert mine.keys() == ours.keys() | {"openai/mine"}
    changed, packaged = mine["openai/gpt-4o"], ours["openai/gpt-4o"]
    assert (changed.display_name, changed.family) == ("Ours", packaged.family)
    new, old = changed.prices.on(TODAY), packaged.prices.on(TODAY)
    assert new is not None
    assert old is not None
    assert new.output_usd_nanos == 7 * 10**9
    assert new.input_usd_nanos == old.input_usd_nanos


def test_a_file_can_replace_the_packaged_catalog(tmp_path: Path) -> None:
    assert read(tmp_path, f'packaged = false\n[models."openai/a"]\n{LINE}').entries.keys() == {"openai/a"}


def test_a_packaged_line_can_be_left_out_and_nobody_is_its_predecessor(tmp_path: Path) -> None:
    entries = read(tmp_path, '[models."openai/gpt-6-luna"]\nremove = true\n').entries
    assert "openai/gpt-6-luna" not in entries
    assert entries["openai/gpt-4o"].successor == ""


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ('[models."openai/a"]\nremove = true\n', "no such line"),
        ('[models."openai/gpt-4o"]\nremove = false\n', "only be true"),
    ],
)
def test_only_a_packaged_line_can_be_left_out(tmp_path: Path, text: str, wrong: str) -> None:
    with pytest.raises(CatalogError, match=wrong):
        read(tmp_path, text)


@pytest.mark.parametrize(
    ("text", "line"),
    [
        # An unknown key, a bad value in an inline table, and a key that is missing in a table.
        (f'[models."openai/a"]\n{LINE}colour = "red"\n', 5),
        (f'[models."openai/a"]\n{LINE}\nprice = {{ input = -1, output = 1 }}\n', 6),
        (f'[models."openai/a"]\n{LINE}[models."openai/b"]\nfamily = "b"\n', 5),
        (f'[models."openai/a"]\n{LINE}[models."openai/a"]\n{LINE}', 5),
        (f'[models."openai/a"]\n{LINE}\nretirement_date = "2027-02-30"\n', 6),
        (f'[models]\n"openai/a".family = "a"\n[models."no-slash"]\n{LINE}', 3),
        (f'[endpoints.a]\nsdk = "openai"\nregion = "eu"\n[models."openai/a"]\n{LINE}', 3),
        (f'[models."a/b"]\n{LINE}endpoint = "nowhere"\n', 5),
    ],
)
def test_a_mistake_says_its_line(tmp_path: Path, text: str, line: int) -> None:
    with pytest.raises(CatalogError, match=rf"line {line}\b"):
        read(tmp_path, text)
