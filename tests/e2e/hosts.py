# ruff: noqa: S603, S607 - ip and dnsmasq are where this machine has them, and nobody else words their arguments
"""Makes hosts on this machine: network namespaces with an address each, and a name server for them.

Nothing in them can reach this machine's network, and what is made here is gone when the block ends.
"""

import asyncio
import itertools
import json
import os
import shutil
import signal
import subprocess
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from tests.e2e.processes import ROOT, environment
from tests.patience import PROCESS_PATIENCE

_NETWORK = "10.213.77."
_NAME_SERVER = f"{_NETWORK}1"
_RESOLVERS = Path("/etc/netns")


@dataclass
class NetnsHost:
    """Holds a host, the program that runs on it, and the log of that program."""

    namespace: str
    address: str
    log: Path
    process: Process | None = None

    async def start(self, *arguments: str, **variables: str) -> Process:
        """Runs `python -m` on the host, with pipes for its standard input and output."""
        with self.log.open("ab") as log:
            self.process = await asyncio.create_subprocess_exec(
                *("ip", "netns", "exec", self.namespace, sys.executable, "-m", *arguments),
                cwd=ROOT,
                env=environment(self.log.parent / self.namespace, **variables) | {"PATH": os.environ["PATH"]},
                stdin=PIPE,
                stdout=PIPE,
                stderr=log,
            )
        return self.process

    async def end(self, number: signal.Signals) -> int:
        """Sends the program a signal, waits for its end, and returns the exit code."""
        assert self.process is not None
        self.process.send_signal(number)
        async with asyncio.timeout(PROCESS_PATIENCE):
            return await self.process.wait()

    async def kill(self) -> None:
        """Kills the program if it still runs."""
        if self.process is not None and self.process.returncode is None:
            self.process.kill()
            await self.process.wait()

    def calls(self, method: str) -> list[dict[str, str]]:
        """Returns the log lines of the calls of a method, which are written when a call ends."""
        lines = self.log.read_text("utf-8").splitlines()
        return [json.loads(each) for each in lines if f'/{method}"' in each]


@dataclass
class Network:
    """Holds a bridge, the hosts on it, and the hosts behind each name."""

    prefix: str
    folder: Path
    names: dict[str, list[NetnsHost]] = field(default_factory=dict)
    _stack: AsyncExitStack = field(default_factory=AsyncExitStack)
    _numbers: Iterator[int] = field(default_factory=lambda: itertools.count(2))
    _name_server: subprocess.Popen[bytes] | None = None

    def host(self) -> NetnsHost:
        """Adds a host."""
        number = next(self._numbers)
        namespace, address = f"{self.prefix}{number}", f"{_NETWORK}{number}"
        self._namespace(namespace)
        _ip(f"link add port{number} netns {self._switch} type veth peer name eth0 netns {namespace}")
        _ip(f"-n {self._switch} link set port{number} master bridge up")
        _ip(f"-n {namespace} address add {address}/24 dev eth0")
        _ip(f"-n {namespace} link set eth0 up")
        resolver = _RESOLVERS / namespace
        self._stack.callback(shutil.rmtree, resolver, ignore_errors=True)
        resolver.mkdir(parents=True)
        (resolver / "resolv.conf").write_text(f"nameserver {_NAME_SERVER}\n", "utf-8")
        host = NetnsHost(namespace, address, self.folder / f"{namespace}.log")
        self._stack.push_async_callback(host.kill)
        return host

    def name(self, name: str, hosts: list[NetnsHost]) -> None:
        """Makes a name resolve to these hosts from now on."""
        self.names[name] = hosts
        self._hosts_file.write_text(
            "".join(f"{each.address} {name}\n" for name, hosts in self.names.items() for each in hosts),
            "utf-8",
        )
        assert self._name_server is not None
        self._name_server.send_signal(signal.SIGHUP)

    @property
    def _switch(self) -> str:
        return f"{self.prefix}switch"

    @property
    def _hosts_file(self) -> Path:
        return self.folder / "hosts"

    def _namespace(self, name: str) -> None:
        _ip(f"netns add {name}")
        self._stack.callback(_ip, f"netns delete {name}")
        _ip(f"-n {name} link set lo up")

    def _open(self) -> None:
        self._namespace(self._switch)
        _ip(f"-n {self._switch} link add bridge type bridge")
        _ip(f"-n {self._switch} address add {_NAME_SERVER}/24 dev bridge")
        _ip(f"-n {self._switch} link set bridge up")
        self._hosts_file.touch()
        self._name_server = subprocess.Popen(
            [
                *("ip", "netns", "exec", self._switch, "dnsmasq", "--keep-in-foreground", "--user=root"),
                *("--conf-file=/dev/null", "--no-resolv", "--no-hosts", f"--addn-hosts={self._hosts_file}"),
                # It answers for this domain by itself, so a name without an address is known to have none.
                *("--local=/test/", f"--listen-address={_NAME_SERVER}"),
                *("--bind-interfaces", "--pid-file"),
            ]
        )
        self._stack.callback(self._name_server.wait)
        self._stack.callback(self._name_server.terminate)


@asynccontextmanager
async def network(folder: Path) -> AsyncIterator[Network]:
    """Makes a network for the block; after it, whatever still runs on the hosts is killed."""
    opened = Network(f"chorus{os.getpid()}-", folder)
    async with opened._stack:
        opened._open()
        yield opened


def why_not() -> str:
    """Says why no hosts can be made on this machine; returns "" if they can."""
    for program, package in {"ip": "iproute2", "dnsmasq": "dnsmasq-base"}.items():
        if shutil.which(program) is None:
            return f"there is no {program} (Debian's {package})"
    name = f"chorus{os.getpid()}-try"
    made = subprocess.run(["ip", "netns", "add", name], capture_output=True, text=True, check=False)
    if made.returncode:
        return f"no network namespace can be made here: {made.stderr.strip()}"
    _ip(f"netns delete {name}")
    return ""


def _ip(arguments: str) -> None:
    subprocess.run(["ip", *arguments.split()], check=True)
