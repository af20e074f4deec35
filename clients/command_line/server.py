"""Reads from the environment how the server is reached, and connects to it."""

from dataclasses import dataclass, field

from chorus_client import ChorusClient, Tls
from rpckit.settings import Environment, Security


@dataclass(frozen=True, slots=True)
class ServerAddress:
    """Where Chorus is ("HOST:PORT"), and how it is talked to.

    Attributes:
        token: Says who calls. Empty: the certificate does, or nothing.
    """

    address: str
    security: Security
    token: str = field(repr=False)

    @classmethod
    def read(cls, environment: Environment, address: str) -> "ServerAddress":
        """Reads CHORUS_TOKEN and the variables of TLS that all of Chorus shares.

        Raises:
            SettingError: A variable holds what it cannot hold.
        """
        token = environment.text("CHORUS_TOKEN")
        return cls(address, Security.read(environment, shows_own=not token), token)

    def connect(self) -> ChorusClient:
        """Returns a client within a running event loop.

        Raises:
            SettingError: What is said would leave the machine in plaintext.
        """
        self.security.check(self.address, secret=bool(self.token))
        return ChorusClient.connect(
            self.address, tls=self._tls(), token=self.token, insecure=self.security.insecure
        )

    def _tls(self) -> Tls | None:
        if self.security.certificates is None:
            return None
        found = self.security.certificates.current()
        return Tls(found.authorities, found.chain or None, found.key or None, self.security.server_name)
