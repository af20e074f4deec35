"""Exports spans to an OpenTelemetry collector, if the settings name one."""

import asyncio
from contextlib import AsyncExitStack

from opentelemetry.trace import NoOpTracer, Tracer

from rpckit.settings import ServerSettings, SettingError

# A collector that is not there delays the end of a process by this long.
_EXPORT_TIMEOUT_SECONDS = 3.0


def start_tracing(settings: ServerSettings, exit_stack: AsyncExitStack) -> Tracer:
    """Returns a tracer that works until the stack is closed; closing exports the last spans, within seconds.

    Raises:
        SettingError: A collector is named but the extra "tracing" is not installed.
    """
    if not settings.collector:
        return NoOpTracer()
    try:
        # These packages come with the extra "tracing", which most installations do without.
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter  # noqa: PLC0415
        from opentelemetry.sdk.resources import Resource  # noqa: PLC0415
        from opentelemetry.sdk.trace import TracerProvider  # noqa: PLC0415
        from opentelemetry.sdk.trace.export import BatchSpanProcessor  # noqa: PLC0415
    except ModuleNotFoundError as error:
        wrong = f"{error.name} is not installed: pip install '.[tracing]'"
        raise SettingError("OTEL_EXPORTER_OTLP_ENDPOINT", wrong) from None
    resource = Resource.create({"service.name": settings.prefix.lower()})
    provider = TracerProvider(resource=resource, shutdown_on_exit=False)
    exporter = OTLPSpanExporter(
        f"{settings.collector.rstrip('/')}/v1/traces", timeout=_EXPORT_TIMEOUT_SECONDS
    )
    provider.add_span_processor(BatchSpanProcessor(exporter))
    exit_stack.push_async_callback(asyncio.to_thread, provider.shutdown)
    return provider.get_tracer("chorus")
