"""Fetches the L2 essays from where their authors published them.

    python -m bench.fetch_essays [--url URL | --archive FILE | --folder FOLDER]

The source is https://github.com/jaaack-wang/multi-dimensional-analytic-writing-assessments (Wang et al., ACL
2025, arXiv 2502.11368), at a fixed commit. `--archive` is a copy of its corpusOuter.zip, `--folder` what was
unpacked from it by hand. Its authors lock the archive, by a rule that they publish, so that no crawler takes
the essays for training, and ask that the texts not be put on the internet: do not commit what this writes.

A text is kept if its SHA-256 stands in `bench/data/l2_essays_dev.sha256`: then it is the one that the figures
were measured on. Nothing is written unless all of them are found.
"""

import argparse
import hashlib
import io
import json
import re
import sys
import urllib.error
import urllib.request
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from bench.corpora import ESSAY_HASHES, ESSAYS

SOURCE = (
    "https://github.com/jaaack-wang/multi-dimensional-analytic-writing-assessments/raw/"
    "a4b27f0409682521e38c51281f8e7dd9e0a0a173/corpusOuter.zip"
)
_ARCHIVE = "corpusOuter.zip"
_MOST_BYTES = 64 * 1024 * 1024
_TIMEOUT_SECONDS = 60
_SHOWN = 5

File = tuple[str, bytes]
"""A file's name without its folder and suffix, and what it holds."""


class FetchError(Exception):
    """The essays could not be had; the message says why."""


def main(
    arguments: Sequence[str] | None = None, *, hashes: Path = ESSAY_HASHES, destination: Path = ESSAYS
) -> int:
    """Writes the essays, or says why not and returns 1."""
    parser = argparse.ArgumentParser(
        prog="python -m bench.fetch_essays",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    source = parser.add_mutually_exclusive_group()
    source.add_argument("--url", default=SOURCE)
    source.add_argument("--archive", type=Path)
    source.add_argument("--folder", type=Path)
    given = parser.parse_args(arguments)
    wanted = {name: digest for digest, name in map(str.split, hashes.read_text("utf-8").splitlines())}
    try:
        essays = _select(_files(given.url, given.archive, given.folder), wanted)
    except (FetchError, OSError) as error:
        sys.stderr.write(f"nothing is written: {error}\n")
        return 1
    lines = (json.dumps({"id": name, "text": essays[name]}, ensure_ascii=False) for name in wanted)
    destination.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    print(f"{len(essays)} essays are in {destination}. Do not commit them or pass them on.")
    return 0


def _files(url: str, archive: Path | None, folder: Path | None) -> Iterator[File]:
    if folder:
        return ((path.stem, path.read_bytes()) for path in folder.rglob("*.txt"))
    return _unpacked(archive.read_bytes() if archive else _downloaded(url))


def _downloaded(url: str) -> bytes:
    if not url.startswith(("https://", "http://")):
        raise FetchError(f"{url} is no web address")
    try:
        with urllib.request.urlopen(url, timeout=_TIMEOUT_SECONDS) as response:  # noqa: S310 - checked above
            data: bytes = response.read(_MOST_BYTES + 1)
    except urllib.error.URLError as error:
        raise FetchError(f"{url}: {error.reason}") from None
    if len(data) > _MOST_BYTES:
        raise FetchError(f"{url} holds more than {_MOST_BYTES} bytes")
    return data


def _unpacked(data: bytes) -> Iterator[File]:
    """Yields the text files of the locked archive that lies in the locked archive."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as outer:
            inner_name = next(name for name in outer.namelist() if name.endswith(".zip"))
            inner_data = outer.read(inner_name, _password(_ARCHIVE))
        with zipfile.ZipFile(io.BytesIO(inner_data)) as inner:
            for name in inner.namelist():
                if name.endswith(".txt"):
                    yield Path(name).stem, inner.read(name, _password(Path(inner_name).name))
    # zipfile raises RuntimeError on a wrong password, and a subclass of it on a lock that it does not know.
    except (zipfile.BadZipFile, zlib.error, StopIteration, RuntimeError) as error:
        wrong = f"the archive cannot be read ({error}); unpack it with another program and name the --folder"
        raise FetchError(wrong) from None


def _password(archive: str) -> bytes:
    """Joins the two words of an archive's name with "_", by the rule in the source's README."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "_", Path(archive).stem).encode()


def _select(files: Iterable[File], wanted: Mapping[str, str]) -> dict[str, str]:
    """Returns the wanted texts by their names.

    Raises:
        FetchError: One is missing, or is another than that of the hash.
    """
    essays = {}
    for name, data in files:
        text = _decoded(data)
        if hashlib.sha256(text.encode()).hexdigest() == wanted.get(name):
            essays[name] = text
    if missing := [name for name in wanted if name not in essays]:
        some = "; ".join(missing[:_SHOWN])
        raise FetchError(f"{len(missing)} of {len(wanted)} essays are missing or altered, for example {some}")
    return essays


def _decoded(data: bytes) -> str:
    """Returns a text as the hashes have it: no byte-order mark, LF line ends, no white space around it."""
    text = data.decode("utf-8-sig", "replace")
    return text.replace("\r\n", "\n").replace("\r", "\n").strip()


if __name__ == "__main__":
    sys.exit(main())
