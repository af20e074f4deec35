"""Reads from the environment how Chorus is reached, by the variables that all its programs read."""

import os
import ssl
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from chorus_client.channel import Tls, is_on_this_machine

_ADDRESS = "127.0.0.1:50051"
_TLS_DIR = "CHORUS_TLS_DIR"
_INSECURE = "CHORUS_INSECURE"
_FLAGS = {"": False} | dict.fromkeys(("1", "true", "yes", "on"), True)
_FLAGS |= dict.fromkeys(("0", "false", "no", "off"), False)


class SettingError(ValueError):
    """An environment variable holds what cannot be used."""

    def __init__(self, variable: str, wrong: str) -> None:
        super().__init__(f"{variable}: {wrong}")
        self.variable = variable


@dataclass(frozen=True, slots=True)
class ConnectionSettings:
    """Where Chorus is, and how it is talked to.

    Attributes:
        address: "HOST:PORT", or any gRPC target: CHORUS_SERVER, else 127.0.0.1:50051.
        tls: What is in the folder CHORUS_TLS_DIR, with the name in CHORUS_TLS_SERVER_NAME. None: plaintext.
        token: Says who calls: CHORUS_TOKEN. Empty: the certificate does, or nothing.
        insecure: Whether plaintext may leave this machine: CHORUS_INSECURE=yes.
    """

    address: str
    tls: Tls | None = None
    token: str = field(default="", repr=False)
    insecure: bool = False

    @classmethod
    def read(cls, address: str = "", variables: Mapping[str, str] | None = None) -> "ConnectionSettings":
        """Reads the variables, by default the process's; `address` counts before CHORUS_SERVER.

        Raises:
            SettingError: A variable holds what it cannot hold, or what is said would leave the machine in
                plaintext: a text if that was not asked for, a token ever.
        """
        given = os.environ if variables is None else variables

        def text(variable: str) -> str:
            return given.get(variable, "").strip()

        folder, flag = text(_TLS_DIR), text(_INSECURE)
        if flag.lower() not in _FLAGS:
            raise SettingError(_INSECURE, f"{flag!r} is neither yes nor no")
        settings = cls(
            address=address or text("CHORUS_SERVER") or _ADDRESS,
            tls=_tls(Path(folder), text("CHORUS_TLS_SERVER_NAME")) if folder else None,
            token=text("CHORUS_TOKEN"),
            insecure=_FLAGS[flag.lower()],
        )
        settings._check()
        return settings

    def _check(self) -> None:
        if self.address.lower().startswith(("http://", "https://")):
            wrong = f"{self.address} is a URL; write HOST:PORT, such as {_ADDRESS}"
            raise SettingError("CHORUS_SERVER", wrong)
        if self.tls or is_on_this_machine(self.address):
            return
        if self.token:
            wrong = f"is needed to send a token to {self.address}: that is beyond this machine"
            raise SettingError(_TLS_DIR, wrong)
        if not self.insecure:
            wrong = f"{self.address} is beyond this machine: set {_TLS_DIR}, or {_INSECURE}=yes"
            raise SettingError(_TLS_DIR, f"{wrong} to talk in plaintext")


def _tls(folder: Path, server_name: str) -> Tls:
    try:
        tls = Tls.from_folder(folder, server_name)
        # Loading them here shows that they fit together; grpc would only fail connections later.
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.load_verify_locations(folder / "ca.crt")
        if tls.certificate:
            context.load_cert_chain(folder / "tls.crt", folder / "tls.key")
    except ssl.SSLError as error:
        wrong = f"tls.crt, tls.key and ca.crt do not fit together ({error.reason})"
        raise SettingError(_TLS_DIR, wrong) from None
    except OSError as error:
        raise SettingError(_TLS_DIR, f"{error.filename}: {error.strerror}") from None
    return tls
