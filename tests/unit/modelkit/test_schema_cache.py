import pytest

from modelkit.json_schema.schema_cache import SchemaCache
from rpckit.errors import InvalidRequest


def schema(name: str) -> str:
    return f'{{"title": "{name * 10}"}}'


async def test_a_schema_is_read_once() -> None:
    cache = SchemaCache()
    assert await cache.read(schema("a")) is await cache.read(schema("a"))


async def test_those_asked_for_last_are_kept() -> None:
    cache = SchemaCache(max_bytes=2 * len(schema("a")))
    first, second = await cache.read(schema("a")), await cache.read(schema("b"))
    await cache.read(schema("a"))
    await cache.read(schema("c"))
    assert await cache.read(schema("a")) is first
    assert await cache.read(schema("b")) is not second


async def test_one_that_is_larger_than_the_cache_is_read_all_the_same() -> None:
    cache = SchemaCache(max_bytes=1)
    assert (await cache.read(schema("a"))).text == schema("a")
    assert await cache.read(schema("a")) is not await cache.read(schema("a"))


async def test_what_is_no_schema_is_refused_each_time() -> None:
    cache = SchemaCache()
    for _ in range(2):
        with pytest.raises(InvalidRequest):
            await cache.read("{")
