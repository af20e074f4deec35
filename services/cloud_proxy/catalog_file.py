"""Reads the catalog's files, lays them over the packaged one, and says on which line a mistake is."""

import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

from jsonschema import ValidationError

PACKAGED = Path(__file__).parent / "catalog.toml"

_KEY = r"""(?:"(?:[^"\\]|\\.)*"|'[^']*'|[\w-]+)"""
_KEYS = rf"{_KEY}(?:\s*\.\s*{_KEY})*"
_HEADER = re.compile(rf"\s*\[\s*({_KEYS})\s*\]\s*(?:#.*)?")
_ASSIGNMENT = re.compile(rf"\s*({_KEYS})\s*=")


class CatalogError(ValueError):
    """The catalog is malformed.

    Args:
        keys: The path of the key that is wrong, for example ("models", "openai/gpt-4o", "price").
        wrong: What is wrong with it.
        line: The number of its line, from 1; None if it is not known.
        file: The name of its file, if there are several.
    """

    def __init__(self, keys: Sequence[str], wrong: str, line: int | None = None, file: str = "") -> None:
        where = [*filter(None, [file]), *([f"line {line}"] if line else [])]
        super().__init__(": ".join([*where, *filter(None, [".".join(keys)]), wrong]))
        self.keys = tuple(keys)
        self.wrong = wrong


@dataclass(frozen=True, slots=True)
class CatalogFile:
    """One file as it was written.

    Attributes:
        content: What it says, as TOML has it; numbers with a point are Decimals.
    """

    text: str
    content: Mapping[str, Any]

    @classmethod
    def read(cls, path: Path) -> "CatalogFile":
        """Reads a file.

        Raises:
            CatalogError: It cannot be read, or is no TOML.
        """
        try:
            text = path.read_text("utf-8")
            return cls(text, tomllib.loads(text, parse_float=Decimal))
        except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
            raise CatalogError((), str(error)) from None


@dataclass(frozen=True, slots=True)
class CatalogFiles:
    """What an operator wrote.

    Attributes:
        files: A file, or those of a folder by name, each laid over those before it.
    """

    files: Mapping[str, CatalogFile]

    @classmethod
    def read(cls, path: Path) -> "CatalogFiles":
        """Reads a file, or those of a folder whose names end in `.toml`, in the sequence of their names.

        Raises:
            CatalogError: One cannot be read, or is no TOML, or the folder holds none.
        """
        if not path.is_dir():
            return cls({"": CatalogFile.read(path)})
        files = {}
        for each in sorted(path.glob("*.toml")):
            try:
                files[each.name] = CatalogFile.read(each)
            except CatalogError as error:
                raise CatalogError((), error.wrong, file=each.name) from None
        if not files:
            raise CatalogError((), "no file in this folder ends in .toml")
        return cls(files)

    @property
    def content(self) -> Mapping[str, Any]:
        """What they say together."""
        content: Mapping[str, Any] = {}
        for each in self.files.values():
            content = _laid_over(content, each.content)
        return content

    def located(self, error: CatalogError) -> CatalogError:
        """Returns the error with the line that names its key, or the table where the key is missing.

        Of several files it is the last that says the most of the key.
        """
        found, line, name = 0, None, ""
        for each, file in self.files.items():
            length, number = _place(file.text, error.keys)
            if length and length >= found:
                found, line, name = length, number, each
        return CatalogError(error.keys, error.wrong, line, name)


def with_packaged(content: Mapping[str, Any]) -> tuple[Mapping[str, Any], frozenset[str]]:
    """Returns the whole catalog, and the names of the packaged lines that are left out."""
    packaged: Mapping[str, Any] = {}
    if content.get("packaged", True) is True:
        packaged = CatalogFile.read(PACKAGED).content
    content = _laid_over(packaged, content)
    models = content.get("models", {})
    marked = [name for name, line in _tables(models) if "remove" in line]
    for name in marked:
        if name not in packaged.get("models", {}):
            raise CatalogError(("models", name, "remove"), "the packaged catalog has no such line")
        if models[name]["remove"] is not True:
            raise CatalogError(("models", name, "remove"), "it can only be true")
    if marked:
        content = {**content, "models": {name: models[name] for name in models if name not in marked}}
    return content, frozenset(marked)


def keys_of(wrong: ValidationError) -> list[str]:
    """Returns the keys that lead to what is wrong, to an unknown key itself."""
    path = [str(each) for each in wrong.absolute_path]
    if wrong.validator == "additionalProperties" and wrong.validator_value is False:
        instance: Any = wrong.instance
        schema: Any = wrong.schema
        path += [key for key in instance if key not in schema["properties"]][:1]
    if wrong.validator in {"pattern", "maxLength"} and "propertyNames" in wrong.absolute_schema_path:
        path.append(str(wrong.instance))
    return path


def _laid_over(base: Mapping[str, Any], top: Mapping[str, Any]) -> dict[str, Any]:
    """Returns the tables of both; where both have a key, `top` has its way."""
    merged = dict(base)
    for key, value in top.items():
        under = merged.get(key)
        is_table = isinstance(under, Mapping) and isinstance(value, Mapping)
        merged[key] = _laid_over(under or {}, value) if is_table else value
    return merged


def _tables(models: object) -> list[tuple[str, Mapping[str, Any]]]:
    items = models.items() if isinstance(models, Mapping) else ()
    return [(name, line) for name, line in items if isinstance(line, Mapping)]


def _place(text: str, keys: Sequence[str]) -> tuple[int, int | None]:
    """Returns how many keys of a path a line names, at most, and that line's number, from 1."""
    table: tuple[str, ...] = ()
    length, found = 0, None
    for number, line in enumerate(text.splitlines(), 1):
        if header := _HEADER.fullmatch(line):
            path = table = _path(header[1])
        elif assignment := _ASSIGNMENT.match(line):
            path = table + _path(assignment[1])
        else:
            continue
        if length < len(path) <= len(keys) and path == tuple(keys[: len(path)]):
            length, found = len(path), number
    return length, found


def _path(words: str) -> tuple[str, ...]:
    """Returns the parts of a dotted key, without their quotes."""
    try:
        value: Any = tomllib.loads(f"{words} = 0")
    except tomllib.TOMLDecodeError:
        return ()
    path: list[str] = []
    while isinstance(value, dict):
        ((key, value),) = value.items()
        path.append(key)
    return tuple(path)
