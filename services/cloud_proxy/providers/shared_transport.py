"""Keeps one pool of connections for clients that come and go."""

from urllib.request import getproxies, proxy_bypass

import httpx2


class SharedTransport(httpx2.AsyncBaseTransport):
    """Carries the requests of many clients, through the proxy that the environment names.

    A client that has a transport of its own does not read HTTP_PROXY, HTTPS_PROXY, ALL_PROXY and NO_PROXY.

    Args:
        transport: Carries every request in place of the network; None for the network.
    """

    def __init__(self, transport: httpx2.AsyncBaseTransport | None = None) -> None:
        self._direct = transport or httpx2.AsyncHTTPTransport()
        proxies = {} if transport else getproxies()
        self._proxied = {
            scheme: httpx2.AsyncHTTPTransport(proxy=url if "://" in url else f"http://{url}")
            for scheme in ("http", "https")
            if (url := proxies.get(scheme) or proxies.get("all"))
        }

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        """Sends one request."""
        return await self._route(request.url).handle_async_request(request)

    async def aclose(self) -> None:
        """Does nothing. A client calls this when it is closed, and the pools are not its own."""

    async def close(self) -> None:
        """Closes the connections."""
        for each in (self._direct, *self._proxied.values()):
            await each.aclose()

    def _route(self, url: httpx2.URL) -> httpx2.AsyncBaseTransport:
        proxied = self._proxied.get(url.scheme)
        host = url.host if url.port is None else f"{url.host}:{url.port}"
        if proxied is None or proxy_bypass(host):
            return self._direct
        return proxied
