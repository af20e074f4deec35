"""Channels to a server of Chorus: balanced over its replicas, repeated while it is away, and private."""

import ipaddress
import json
from dataclasses import dataclass, field
from pathlib import Path

import grpc

_MAX_MESSAGE_BYTES = 16 * 1024 * 1024
_KEEPALIVE_SECONDS = 30
_KEEPALIVE_TIMEOUT_SECONDS = 10


@dataclass(frozen=True, slots=True)
class Tls:
    """Whom the client believes, and who it is; all PEM.

    Attributes:
        authorities: The certificates that a server's must be signed by. None: those that grpc brings.
        certificate: The client's own, with those that lead to an authority. None: it shows none.
        key: The private key of `certificate`.
        server_name: Whom the server's certificate must name. Empty: the host that is dialled.

    Raises:
        ValueError: Of `certificate` and `key` only one is given.
    """

    authorities: bytes | None = None
    certificate: bytes | None = None
    key: bytes | None = field(default=None, repr=False)
    server_name: str = ""

    def __post_init__(self) -> None:
        if (self.certificate is None) is not (self.key is None):
            raise ValueError("a certificate and its key: the one without the other")

    @classmethod
    def from_folder(cls, folder: Path | str, server_name: str = "") -> "Tls":
        """Reads `ca.crt`, and `tls.crt` with `tls.key` if they are there, as cert-manager mounts them.

        Raises:
            OSError: `ca.crt` cannot be read, or only one of the other two is there.
        """
        folder = Path(folder)
        own = [folder / "tls.crt", folder / "tls.key"]
        certificate, key = (
            [path.read_bytes() for path in own] if any(path.exists() for path in own) else (None, None)
        )
        return cls((folder / "ca.crt").read_bytes(), certificate, key, server_name)


def open_channel(
    target: str, service: str, *, tls: Tls | None, watch_health: bool = True
) -> grpc.aio.Channel:
    """Opens a channel to every replica behind a gRPC target, for the calls of one service.

    Calls go round robin over the replicas that report the service healthy. A call is tried three times at
    most, while it fails with UNAVAILABLE before the first message of a stream, and less often if many fail.

    Args:
        target: For example "127.0.0.1:50051" or "dns:///chorus.example:443".
        service: The full name of the service.
        tls: None talks in plaintext.
        watch_health: False also reaches a server that lacks the service or says that it is not ready.
    """
    options = _options(service, tls, watch_health=watch_health)
    if tls is None:
        return grpc.aio.insecure_channel(target, options=options)
    credentials = grpc.ssl_channel_credentials(tls.authorities, tls.key, tls.certificate)
    return grpc.aio.secure_channel(target, credentials, options=options)


def is_on_this_machine(target: str) -> bool:
    """Whether what is said to a gRPC target never leaves the machine."""
    if target.startswith("unix:"):
        return True
    hosts = target.rpartition("/")[2].removeprefix("ipv4:").removeprefix("ipv6:").removeprefix("dns:")
    return all(_is_loopback(each.rpartition(":")[0].strip("[]")) for each in hosts.split(","))


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _options(service: str, tls: Tls | None, *, watch_health: bool) -> list[tuple[str, int | str]]:
    config: dict[str, object] = {
        "loadBalancingConfig": [{"round_robin": {}}],
        "methodConfig": [
            {
                "name": [{"service": service}],
                "retryPolicy": {
                    "maxAttempts": 3,
                    "initialBackoff": "0.1s",
                    "maxBackoff": "1s",
                    "backoffMultiplier": 2,
                    "retryableStatusCodes": ["UNAVAILABLE"],
                },
            }
        ],
        # Of calls that all fail no more than 20 are tried again, and of others a fifth.
        "retryThrottling": {"maxTokens": 40, "tokenRatio": 0.2},
    }
    if watch_health:
        config["healthCheckConfig"] = {"serviceName": service}
    options: list[tuple[str, int | str]] = [
        ("grpc.service_config", json.dumps(config)),
        # Otherwise a new client waits with an old one until the address is tried again.
        ("grpc.use_local_subchannel_pool", 1),
        ("grpc.max_receive_message_length", _MAX_MESSAGE_BYTES),
        ("grpc.max_send_message_length", _MAX_MESSAGE_BYTES),
        ("grpc.keepalive_time_ms", _KEEPALIVE_SECONDS * 1000),
        ("grpc.keepalive_timeout_ms", _KEEPALIVE_TIMEOUT_SECONDS * 1000),
        # Without it grpc waits a minute for the answer to a ping, whatever the line before says.
        ("grpc.http2.ping_timeout_ms", _KEEPALIVE_TIMEOUT_SECONDS * 1000),
        ("grpc.initial_reconnect_backoff_ms", 100),
        ("grpc.max_reconnect_backoff_ms", 2000),
        # A lost connection has the name looked up again, at most this often. With grpc's own 30 s a new
        # replica would wait that long for its first call.
        ("grpc.dns_min_time_between_resolutions_ms", 5000),
    ]
    if tls and tls.server_name:
        options.append(("grpc.ssl_target_name_override", tls.server_name))
    return options
