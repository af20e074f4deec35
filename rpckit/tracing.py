"""Where spans go: to a collector, where one is named."""

import asyncio
from contextlib import AsyncExitStack

from opentelemetry.trace import NoOpTracer, Tracer

from rpckit.settings import ServerSettings, SettingError

# A collector that is not there holds the end of a process up this long.
_SEND_SECONDS = 3.0


def start_tracing(settings: ServerSettings, exit_stack: AsyncExitStack) -> Tracer:
    """What starts spans until the stack is closed; the last ones are sent then, which may take seconds.

    Raises:
        SettingError: A collector is named and the extra is not installed.
    """
    if not settings.collector:
        return NoOpTracer()
    try:
        # Most who run Chorus have no collector and install none of this.
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter  # noqa: PLC0415
        from opentelemetry.sdk.resources import Resource  # noqa: PLC0415
        from opentelemetry.sdk.trace import TracerProvider  # noqa: PLC0415
        from opentelemetry.sdk.trace.export import BatchSpanProcessor  # noqa: PLC0415
    except ModuleNotFoundError as error:
        wrong = f"{error.name} is not installed: pip install '.[tracing]'"
        raise SettingError("OTEL_EXPORTER_OTLP_ENDPOINT", wrong) from None
    resource = Resource.create({"service.name": settings.prefix.lower()})
    provider = TracerProvider(resource=resource, shutdown_on_exit=False)
    exporter = OTLPSpanExporter(f"{settings.collector.rstrip('/')}/v1/traces", timeout=_SEND_SECONDS)
    provider.add_span_processor(BatchSpanProcessor(exporter))
    exit_stack.push_async_callback(asyncio.to_thread, provider.shutdown)
    return provider.get_tracer("chorus")
