"""Secrets: they show as stars wherever they are not used."""

from __future__ import annotations

import base64
import copy

import pytest

from providers.secrets import Header, Secret, basic, bearer


def test_a_secret_shows_as_stars_however_it_is_printed() -> None:
    secret = Secret("swordfish")
    header = Header({"x-api-key": secret})

    for shown in (repr(secret), str(secret), f"{secret}", f"{secret!s:>5}", "%s" % secret):  # noqa: UP031
        assert "swordfish" not in shown and "***" in shown
    assert "swordfish" not in f"{header}{[secret]}{ {'a': secret} }{copy.copy(secret)!r}"
    assert secret.reveal() == "swordfish"


def test_a_secret_has_no_dictionary_to_print() -> None:
    with pytest.raises(TypeError):
        vars(Secret("swordfish"))


def test_headers_of_signing_in_are_secrets_themselves() -> None:
    assert bearer(Secret("t0ken")).reveal() == "Bearer t0ken"
    assert "t0ken" not in repr(bearer(Secret("t0ken")))
    kind, _, value = basic("demo-app", "sécret:1").reveal().partition(" ")
    assert kind == "Basic"
    assert base64.b64decode(value).decode() == "demo-app:sécret:1"
    assert basic("demo-key").reveal() == "Basic ZGVtby1rZXk6"
