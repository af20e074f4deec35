"""The certificate of this process, as cert-manager mounts it: tls.crt, tls.key and ca.crt in a folder."""

import ssl
from dataclasses import dataclass
from pathlib import Path

import grpc

from rpckit.reloading_file import RELOAD_INTERVAL_SECONDS, ReloadingFile


@dataclass(frozen=True, slots=True, repr=False)
class Certificate:
    """Holds the authorities that this process trusts, and its own chain and key if it shows any; all PEM."""

    authorities: bytes
    chain: bytes = b""
    key: bytes = b""

    def for_server(self) -> grpc.ServerCertificateConfiguration:
        """Returns what a server presents and which authorities it trusts."""
        return grpc.ssl_server_certificate_configuration([(self.key, self.chain)], self.authorities)

    def for_client(self) -> grpc.ChannelCredentials:
        """Returns what a client presents and which authorities it trusts."""
        return grpc.ssl_channel_credentials(self.authorities, self.key or None, self.chain or None)


class CertificateFolder:
    """Reads the certificate in a folder, where another process (cert-manager) renews it.

    Args:
        folder: Holds ca.crt, tls.crt and tls.key.
        reload_interval_seconds: The folder is read again at most this often.
        shows_own: False for a client without a certificate: it needs ca.crt alone.

    Raises:
        ValueError: A file is missing, or the files do not fit together.
    """

    def __init__(
        self,
        folder: Path,
        reload_interval_seconds: float = RELOAD_INTERVAL_SECONDS,
        *,
        shows_own: bool = True,
    ) -> None:
        self._authorities = folder / "ca.crt"
        self._own = (folder / "tls.crt", folder / "tls.key") if shows_own else ()
        self._certificate = ReloadingFile(self._read, reload_interval_seconds)

    def current(self) -> Certificate:
        """Returns the latest certificate; while the files change or do not fit together, the one before."""
        return self._certificate.current()

    def for_server(self, *, ask_clients: bool) -> grpc.ServerCredentials:
        """Returns credentials that reload the files for new connections.

        With `ask_clients` a client without a certificate cannot connect.
        """
        return grpc.dynamic_ssl_server_credentials(
            self.current().for_server(), lambda: self.current().for_server(), ask_clients
        )

    def _read(self) -> Certificate:
        paths = (self._authorities, *self._own)
        try:
            before = [path.read_bytes() for path in paths]
            # Loading them here shows that they fit together; grpc would only fail connections later.
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
