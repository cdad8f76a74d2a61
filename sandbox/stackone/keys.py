"""StackOne's synthetic ids: an `id` of its own for each id of the LMS behind it."""

from base64 import urlsafe_b64decode, urlsafe_b64encode

PREFIX = "c28xIQ"
"""`so1!` in base64url: what every synthetic id begins with.

https://docs.stackone.com/docs/stackone-identifiers
"""


def synthetic(remote_id: str) -> str:
    """Mint the `id` that stands for a remote id: the docs' `c28xIQaWQ6MQ` is remote id `1`."""
    return PREFIX + urlsafe_b64encode(f"id:{remote_id}".encode()).decode().rstrip("=")


def remote(key: str) -> str:
    """Return the remote id of a key, which may be a synthetic id or itself a remote id."""
    if not key.startswith(PREFIX):
        return key
    encoded = key.removeprefix(PREFIX)
    try:
        plain = urlsafe_b64decode(encoded + "=" * (-len(encoded) % 4)).decode()
    except ValueError:
        return key
    return plain.removeprefix("id:") if synthetic(plain.removeprefix("id:")) == key else key
