"""A PostgreSQL server of the test's own, where the machine has the programs for one."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

_FOLDERS = ("/usr/lib/postgresql/*/bin", "/usr/pgsql-*/bin", "/opt/homebrew/opt/postgresql@*/bin")
# The server refuses to run as root.
_USERS = ("postgres", "nobody")


@contextmanager
def postgresql() -> Iterator[str]:
    """Yields the address of a new database; skips the test where there is no server.

    CHORUS_TEST_POSTGRESQL names a server that runs, whose database "postgres" may be written to.
    """
    if named := os.environ.get("CHORUS_TEST_POSTGRESQL"):
        yield named
        return
    initdb = _program("initdb")
    if initdb is None:
        pytest.skip("no PostgreSQL server is installed (Debian's package postgresql)")
    user = None if os.geteuid() else _USERS[0]
    # The path of a socket is short.
    folder = Path(tempfile.mkdtemp(prefix="pg", dir="/tmp"))
    try:
        if user:
            shutil.chown(folder, user)
        data, pg_ctl = folder / "data", initdb.with_name("pg_ctl")
        _run(
            user,
            initdb,
            "--pgdata",
            data,
            "--username=chorus",
            "--auth=trust",
            "--encoding=UTF8",
            "--no-sync",
        )
        options = f"-c listen_addresses= -c unix_socket_directories={folder} -c fsync=off"
        _run(user, pg_ctl, "-D", data, "-w", "-l", folder / "log", "-o", options, "start")
        try:
            yield f"postgresql://chorus@/postgres?host={folder}"
        finally:
            _run(user, pg_ctl, "-D", data, "-w", "-m", "immediate", "stop")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _program(name: str) -> Path | None:
    found = [Path(each).resolve() for each in [shutil.which(name)] if each]
    for pattern in _FOLDERS:
        found += sorted(Path("/").glob(f"{pattern[1:]}/{name}"), reverse=True)
    return found[0] if found else None


def _run(user: str | None, *command: str | Path) -> None:
    done = subprocess.run(  # noqa: S603 - the programs of the machine's own server
        list(map(str, command)),
        user=user,
        cwd="/",
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        check=False,
    )
    assert done.returncode == 0, done.stderr.decode()
