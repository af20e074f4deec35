"""Google's server of access tokens, and the file of a service account that gets its tokens there."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from aiohttp import web
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

TOKEN = "planted-token-of-a-service-account"  # noqa: S105 - of nothing


@dataclass
class TokenServer:
    """Counts the tokens that it has given."""

    address: str = ""
    given: int = 0

    async def give(self, request: web.Request) -> web.Response:
        assert (await request.post())["assertion"]
        self.given += 1
        return web.json_response({"access_token": TOKEN, "expires_in": 3600, "token_type": "Bearer"})

    def service_account(self, folder: Path) -> Path:
        """Writes what GOOGLE_APPLICATION_CREDENTIALS names."""
        key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        pem = key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        path = folder / "service-account.json"
        path.write_text(
            json.dumps(
                {
                    "type": "service_account",
                    "project_id": "planted-project",
                    "private_key_id": "1",
                    "private_key": pem.decode(),
                    "client_email": "chorus@planted-project.example",
                    "token_uri": f"{self.address}/token",
                }
            )
        )
        return path


@asynccontextmanager
async def token_server() -> AsyncIterator[TokenServer]:
    """Runs a server on a free port of the loopback."""
    server = TokenServer()
    application = web.Application()
    application.router.add_post("/token", server.give)
    runner = web.AppRunner(application)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    host, port = runner.addresses[0][:2]
    server.address = f"http://{host}:{port}"
    try:
        yield server
    finally:
        await runner.cleanup()
