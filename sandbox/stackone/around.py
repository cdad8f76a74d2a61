"""StackOne's platform API around the unified one, as routes: accounts, connectors and the proxy."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from sandbox.stackone.accounts import CONNECTORS, Account, authenticate
from sandbox.stackone.bodies import Body, an_object, fields, string
from sandbox.stackone.fields import NEWER
from sandbox.stackone.heartbeat import Endpoint
from sandbox.stackone.platform import account_meta, connector_meta, found, linked_account, several
from sandbox.stackone.proxy import played
from sandbox.stackone.refusals import refused, timestamp
from sandbox.stackone.state import StackOne, admit
from sandbox.stackone.writes import json_body
from sandbox.wire import JSONAnswer, key

# PatchAccountExternalDto. `label` is published as an object, and shown as a string: both are taken.
ACCOUNT = Body(
    {
        **fields(
            texts=(
                string,
                "provider origin_owner_id origin_owner_name origin_username type environment"
                " authentication_config_key integration_id",
            ),
            objects=(an_object, "credentials setup_information secrets metadata"),
        ),
        "label": lambda value, generation: iter(()),
    }
)

# Never shown again, as nothing that opens an LMS should be.
UNSHOWN = frozenset({"credentials", "secrets"})


def platform_routes(stackone: StackOne) -> list[BaseRoute]:
    return [
        Route("/accounts", list_accounts(stackone)),
        Route("/accounts/{id}", get_account(stackone, linked_account), methods=["GET"]),
        Route("/accounts/{id}", update_account(stackone), methods=["PATCH"]),
        Route("/accounts/{id}", delete_account(stackone), methods=["DELETE"]),
        Route("/accounts/{id}/meta", get_account(stackone, account_meta)),
        Route("/connectors/meta", list_connectors),
        Route("/connectors/meta/{id}", get_connector),
        Route("/unified/proxy", proxy(stackone), methods=["POST"]),
    ]


def list_accounts(stackone: StackOne) -> Endpoint:
    async def answer(request: Request) -> Response:
        authenticate(request.headers)
        accounts = found(stackone.accounts, request.query_params)
        # One page of the docs shows {"data": […]}; the OpenAPI document has a bare array.
        return JSONAnswer([linked_account(each) for each in accounts], rows=len(accounts))

    return answer


def get_account(stackone: StackOne, show: Callable[[Account], dict[str, Any]]) -> Endpoint:
    async def answer(request: Request) -> Response:
        authenticate(request.headers)
        return JSONAnswer(show(stackone.account(key(request))))

    return answer


def update_account(stackone: StackOne) -> Endpoint:
    async def answer(request: Request) -> Response:
        authenticate(request.headers)
        account = stackone.account(key(request))
        body = await json_body(request)
        if complaints := list(ACCOUNT.complaints(body, NEWER)):
            raise refused(400, "; ".join(complaints))
        account = changed(stackone, account, ACCOUNT.given(body, NEWER))
        stackone.put(account)
        return JSONAnswer(linked_account(account))

    return answer


def changed(stackone: StackOne, account: Account, given: Mapping[str, Any]) -> Account:
    """Apply a change; what it may do to `provider` isn't published: it must be one there is."""
    providers = {connector.provider: connector for connector in CONNECTORS}
    connector = providers.get(given.get("provider", account.connector.provider))
    if connector is None:
        raise refused(400, "provider is unknown")
    told = {name: value for name, value in given.items() if name not in UNSHOWN | {"provider"}}
    updated = {"updated_at": timestamp(stackone.register(account).now())}
    return replace(account, connector=connector, changes={**account.changes, **told, **updated})


def delete_account(stackone: StackOne) -> Endpoint:
    """Delete an account, and answer with what it was: 200 LinkedAccount."""

    async def answer(request: Request) -> Response:
        authenticate(request.headers)
        account = stackone.account(key(request))
        stackone.remove(account)
        return JSONAnswer(linked_account(account))

    return answer


async def list_connectors(request: Request) -> Response:
    authenticate(request.headers)
    include = several(request.query_params, "include")
    shown = [each for each in CONNECTORS if each.active or "inactive" in include]
    return JSONAnswer([connector_meta(each, include) for each in shown], rows=len(shown))


async def get_connector(request: Request) -> Response:
    authenticate(request.headers)
    connector = next((each for each in CONNECTORS if each.provider == key(request)), None)
    if connector is None:
        raise refused(404)
    return JSONAnswer(connector_meta(connector, several(request.query_params, "include")))


def proxy(stackone: StackOne) -> Endpoint:
    """Pass a request on to the LMS: its status goes into the body, and 201 and 202 outside too."""

    async def answer(request: Request) -> Response:
        account = admit(stackone, request)
        told = played(stackone.register(account), await json_body(request))
        # A 204 can't have the body that is published for it.
        return JSONAnswer(told, told["status"] if told["status"] in (201, 202) else 200)

    return answer
