"""Holds the transport's settings, which every server and every client share."""

MAX_MESSAGE_BYTES = 16 * 1024 * 1024

# A client pings each replica this often, and drops the connection of one that does not answer in time: a
# process that hangs keeps its connections open otherwise. Both together are less than 2 s. grpc answers pings
# in threads of its own, so a process that is merely busy does answer. grpc pings no more often than this.
CLIENT_PING_SECONDS = 1.0
CLIENT_PING_TIMEOUT_SECONDS = 0.9
# A server has less to lose by a client that is gone.
SERVER_PING_SECONDS = 30.0
SERVER_PING_TIMEOUT_SECONDS = 10.0
# Who pings more often than this is sent away.
LEAST_PING_SECONDS = CLIENT_PING_SECONDS / 2

Option = tuple[str, int | str]

COMMON_OPTIONS: tuple[Option, ...] = (
    ("grpc.max_receive_message_length", MAX_MESSAGE_BYTES),
    ("grpc.max_send_message_length", MAX_MESSAGE_BYTES),
    # Idle connections are pinged, and may be.
    ("grpc.keepalive_permit_without_calls", 1),
    ("grpc.http2.max_pings_without_data", 0),
)


def ping_options(seconds: float, timeout_seconds: float) -> tuple[Option, ...]:
    """Returns how often to ping the peer, and how long it has to answer.

    Where the two timeouts differ grpc 1.85 keeps to the second, whose default is a minute.
    """
    timeout = round(timeout_seconds * 1000)
    return (
        ("grpc.keepalive_time_ms", round(seconds * 1000)),
        ("grpc.keepalive_timeout_ms", timeout),
        ("grpc.http2.ping_timeout_ms", timeout),
    )
