"""What every operation works on: the rows, and the accounts that may ask for them."""

from collections.abc import Iterable

from starlette.requests import Request

from sandbox.stackone.accounts import Account, asked_account, authenticate
from sandbox.stackone.library import Library, Register
from sandbox.stackone.refusals import refused

LMS = "/unified/lms"


class StackOne:
    """The state of one sandbox's StackOne: nothing of it outlives the app or is shared."""

    def __init__(self, library: Library, accounts: Iterable[Account]) -> None:
        self.library = library
        self._accounts = {account.id: account for account in accounts}

    @property
    def accounts(self) -> tuple[Account, ...]:
        return tuple(self._accounts.values())

    def account(self, key: str) -> Account:
        """Find an account by its id; refused with 404 if there is none."""
        if key not in self._accounts:
            raise refused(404)
        return self._accounts[key]

    def put(self, account: Account) -> None:
        self._accounts[account.id] = account

    def remove(self, account: Account) -> None:
        del self._accounts[account.id]

    def register(self, account: Account) -> Register:
        return self.library.register(account.id)


def admit(stackone: StackOne, request: Request, resource: str | None = None) -> Account:
    """Check who asks, and whether the LMS behind the account has the resource at all."""
    authenticate(request.headers)
    account = asked_account(stackone.accounts, request.headers)
    if resource in account.connector.lacks:
        raise refused(501)
    return account
