"""Who really sent it: signatures of messages that come in, compared in constant time."""

import hashlib
import hmac
from base64 import b64decode, b64encode
from collections.abc import Iterable, Iterator, Mapping, Sequence
from urllib.parse import urlsplit

from standardwebhooks import Webhook, WebhookVerificationError

SHORTEST = 24  # bytes of a secret, as the Standard Webhooks specification asks
PORTS = {"https": 443, "http": 80}


def twilio_signed(
    signature: str, *, token: str, address: str, params: Mapping[str, Sequence[str]]
) -> bool:
    """Whether ``X-Twilio-Signature`` is the token's over this address and form.

    ``address`` is the public one that Twilio was given, with its query, from the settings
    and never from the request's Host. ValueError: there is no token to compare with.
    """
    if not token:
        raise ValueError("Twilio's messages cannot be checked without the token")
    given = signature.encode("utf-8", "surrogatepass")
    made = [_twilio(token, one, params) for one in _spellings(address)]
    return any(hmac.compare_digest(one, given) for one in made)


def _twilio(token: str, address: str, params: Mapping[str, Sequence[str]]) -> bytes:
    """HMAC-SHA1 over the address and the sorted names and values, which Twilio chose."""
    pairs = [name + value for name in sorted(params) for value in _once(params[name])]
    signed = (address + "".join(pairs)).encode("utf-8", "surrogatepass")
    return b64encode(hmac.new(token.encode(), signed, hashlib.sha1).digest())


def _once(values: Sequence[str]) -> list[str]:
    return sorted(set(values))


def _spellings(address: str) -> Iterator[str]:
    """As it is, and without and with its port: Twilio signs either."""
    yield address
    parts = urlsplit(address)
    host = parts.hostname or ""
    yield parts._replace(netloc=host).geturl()
    if parts.scheme in PORTS:
        port = parts.port or PORTS[parts.scheme]
        yield parts._replace(netloc=f"{host}:{port}").geturl()


def webhook_signed(
    body: bytes, headers: Mapping[str, str], *, secrets: Iterable[str]
) -> bool:
    """Whether one of the secrets signed this body within five minutes (Standard Webhooks).

    Several secrets, so that one can be exchanged without a gap. Who asks also keeps
    ``webhook-id`` and takes each one once. ValueError: a secret is none.
    """
    made = [_webhook(secret) for secret in secrets]
    if not made:
        raise ValueError("webhooks cannot be checked without a secret")
    return any(_opens(one, body, headers) for one in made)


def _opens(webhook: Webhook, body: bytes, headers: Mapping[str, str]) -> bool:
    try:
        webhook.verify(body, dict(headers), json_parse=False)
    except (WebhookVerificationError, ValueError):
        return (
            False  # the library lets through what it trips over: bad text, bad base64
        )
    return True


def _webhook(secret: str) -> Webhook:
    """``whsec_`` and base64; short ones can be guessed."""
    text = secret.removeprefix("whsec_")
    try:
        key = b64decode(text + "=" * (-len(text) % 4), validate=True)
    except ValueError as error:
        raise ValueError("a webhook's secret is whsec_ and base64") from error
    if len(key) < SHORTEST:
        raise ValueError(f"a webhook's secret has at least {SHORTEST} bytes")
    return Webhook(key)
