"""The certificate of this process, as cert-manager mounts it: tls.crt, tls.key and ca.crt in a folder."""

import ssl
from dataclasses import dataclass
from pathlib import Path

import grpc

from rpckit.reloading_file import LOOK_AGAIN_SECONDS, Followed


@dataclass(frozen=True, slots=True, repr=False)
class Certificate:
    """Whom this process believes and who it is, if it needs to say; all PEM."""

    authorities: bytes
    chain: bytes = b""
    key: bytes = b""

    def for_server(self) -> grpc.ServerCertificateConfiguration:
        """What a server shows, and whom it believes."""
        return grpc.ssl_server_certificate_configuration([(self.key, self.chain)], self.authorities)

    def for_client(self) -> grpc.ChannelCredentials:
        """What a client shows, and whom it believes."""
        return grpc.ssl_channel_credentials(self.authorities, self.key or None, self.chain or None)


class CertificateFolder:
    """The files in a folder, where others renew them; `shows_own` False: of a client that shows none.

    Raises:
        ValueError: They are not there, or do not fit together.
    """

    def __init__(
        self, folder: Path, look_again_seconds: float = LOOK_AGAIN_SECONDS, *, shows_own: bool = True
    ) -> None:
        self._authorities = folder / "ca.crt"
        self._own = (folder / "tls.crt", folder / "tls.key") if shows_own else ()
        self._certificate = Followed(self._read, look_again_seconds)

    def current(self) -> Certificate:
        """The latest certificate: while the files change or do not fit together, the one before."""
        return self._certificate.current()

    def for_server(self, *, ask_clients: bool) -> grpc.ServerCredentials:
        """Follows the files with each new connection. `ask_clients`: none without a certificate."""
        return grpc.dynamic_ssl_server_credentials(
            self.current().for_server(), lambda: self.current().for_server(), ask_clients
        )

    def _read(self) -> Certificate:
        paths = (self._authorities, *self._own)
        try:
            before = [path.read_bytes() for path in paths]
            # Only here is it seen that they do not fit together: grpc would fail connections.
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
            context.load_verify_locations(self._authorities)
            if self._own:
                context.load_cert_chain(*self._own)
            after = [path.read_bytes() for path in paths]
        except ssl.SSLError as error:
            raise ValueError(f"tls.crt, tls.key and ca.crt do not fit together ({error.reason})") from None
        except OSError as error:
            raise ValueError(f"{error.filename}: {error.strerror}") from None
        if before != after:
            raise ValueError("the files are changing")
        return Certificate(*before)
