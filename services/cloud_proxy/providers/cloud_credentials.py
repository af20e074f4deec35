"""Maps what an SDK raises where it finds no usable credentials of a cloud in the environment."""

from collections.abc import Iterator
from contextlib import contextmanager

from google.auth.exceptions import GoogleAuthError, TransportError

from rpckit.errors import ProviderAuth, Unavailable
from services.cloud_proxy.provider import Prompt

try:
    from botocore.exceptions import BotoCoreError
except ImportError:
    # Without the extra "bedrock" no endpoint needs it.
    _ERRORS: tuple[type[Exception], ...] = (GoogleAuthError,)
else:
    _ERRORS = (GoogleAuthError, BotoCoreError)


@contextmanager
def mapped_credentials(prompt: Prompt) -> Iterator[None]:
    """Raises ProviderAuth, which names the setting, where nothing in the environment says who asks."""
    provider = prompt.entry.provider
    try:
        yield
    except TransportError:
        raise Unavailable(f"{provider}: its server of credentials cannot be reached") from None
    except _ERRORS:
        raise no_credentials(prompt) from None
    except RuntimeError as error:
        # The SDKs raise a bare one where the search for credentials ends with none.
        if type(error) is not RuntimeError or not prompt.entry.endpoint.finds_credentials:
            raise
        raise no_credentials(prompt) from None


def no_credentials(prompt: Prompt) -> ProviderAuth:
    """Returns the error for a cloud that nobody can be authenticated with."""
    text = f"{prompt.entry.provider}: no usable credentials in the environment"
    return ProviderAuth(text, metadata={"setting": prompt.key_variable})
