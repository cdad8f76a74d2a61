"""How an LMS takes batches, set by request: `PUT /stackone/_habits/{account}`, none of StackOne's.

{"lag": 2, "loses": ["REF-7"]}   # two reads don't show a batch yet; REF-7 never arrives
"""

import msgspec
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from sandbox.stackone.heartbeat import Endpoint
from sandbox.stackone.library import Habits
from sandbox.stackone.state import StackOne
from sandbox.wire import JSONAnswer, key


def habit_routes(stackone: StackOne) -> list[BaseRoute]:
    return [Route("/_habits/{id}", setting(stackone), methods=["PUT"])]


def setting(stackone: StackOne) -> Endpoint:
    async def answer(request: Request) -> Response:
        account = stackone.account(key(request))
        try:
            habits = msgspec.json.decode(await request.body(), type=Habits)
        except msgspec.DecodeError as error:
            return JSONAnswer({"error": str(error)}, 400)
        stackone.register(account).habits = habits
        return Response(status_code=204)

    return answer
