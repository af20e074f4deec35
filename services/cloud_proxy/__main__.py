"""Runs the cloud proxy."""

import gc

if __name__ == "__main__":
    # What is loaded lives as long as the process, so that to look through it again and again is in vain.
    gc.disable()

from chorus.model.v1 import model_service_pb2_grpc
from modelkit.servicer import MODEL_SERVICE
from rpckit.server import Host, run
from services.cloud_proxy.key_check import KeyCheck
from services.cloud_proxy.metrics import ProviderMetrics
from services.cloud_proxy.provider_client import ProviderClient
from services.cloud_proxy.providers import connect
from services.cloud_proxy.rehearsal import rehearse
from services.cloud_proxy.servicer import ModelServicer
from services.cloud_proxy.settings import CloudProxySettings, Connection


async def register(host: Host, settings: CloudProxySettings) -> None:
    """Connects to each provider that has a key, and serves the catalog."""
    await rehearse(settings)
    metrics = ProviderMetrics(host.metrics)
    key_check = KeyCheck()
    clients: dict[Connection, ProviderClient] = {}
    for connection in settings.connections.values():
        if connection.is_open and connection not in clients:
            provider = connect(connection, settings.google_sdk, settings.calls_per_provider)
            host.exit_stack.push_async_callback(provider.close)
            clients[connection] = ProviderClient(provider, settings.calls_per_provider, metrics)
            if settings.checks_keys:
                host.spawn(key_check.run(connection, provider))
    await host.add(
        MODEL_SERVICE,
        model_service_pb2_grpc.add_ModelServiceServicer_to_server,
        ModelServicer(settings, clients, key_check),
    )


if __name__ == "__main__":
    run(CloudProxySettings.read, register)
