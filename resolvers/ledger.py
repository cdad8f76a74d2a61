"""What has to be remembered between operations for a while, by all processes of a server.

Which upload may come, which import a caller already began, which event was seen. It is a file of
SQLite, so that the processes that serve together share it, or memory where there is but one. Every
entry has an end; what has ended is as good as never written.
"""

from __future__ import annotations

import secrets
import sqlite3
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

MEMORY = ":memory:"

MOST = 100_000
"""Most entries of one kind, which is what their names begin with; beyond, those of that kind that
were written first are given up. So who asks for many addresses of files makes no server forget what
it has imported."""

_TABLE = """
CREATE TABLE IF NOT EXISTS entries (name TEXT PRIMARY KEY, value BLOB, ends REAL);
CREATE INDEX IF NOT EXISTS ending ON entries (ends);
CREATE TABLE IF NOT EXISTS notes (
  number INTEGER PRIMARY KEY AUTOINCREMENT, writer TEXT, value BLOB, ends REAL
);
"""
_CLAIM = """
INSERT INTO entries VALUES (?1, ?2, ?3)
ON CONFLICT (name) DO UPDATE SET value = excluded.value, ends = excluded.ends WHERE ends <= ?4
"""
_WRITE = "INSERT OR REPLACE INTO entries VALUES (?1, ?2, ?3)"
_READ = "SELECT value FROM entries WHERE name = ?1 AND ends > ?2"
_TAKE = "DELETE FROM entries WHERE name = ?1 AND ends > ?2 RETURNING value"
_DROP = "DELETE FROM entries WHERE name = ?1"
_END = "DELETE FROM entries WHERE ends <= ?1"
# The + keeps it from sorting all of a kind: the oldest rows are looked at first, and few of them.
_CLEAN = """
DELETE FROM entries WHERE rowid IN (
  SELECT rowid FROM entries WHERE +name >= ?1 AND +name < ?2 ORDER BY rowid
  LIMIT max(0, (SELECT count(*) FROM entries WHERE name >= ?1 AND name < ?2) - ?3)
)
"""
_CLEAN_NOTES = "DELETE FROM notes WHERE ends <= ?1"
_NOTE = "INSERT INTO notes (writer, value, ends) VALUES (?1, ?2, ?3)"
_NOTES = "SELECT number, value FROM notes WHERE number > ?1 AND writer != ?2 ORDER BY number"
_LAST = "SELECT coalesce(max(number), 0) FROM notes"
_CLEANED_EVERY = 256


@dataclass(slots=True)
class Ledger:
    """Entries by name; each of its acts is one step, whatever other processes do.

    A name begins with its entry's kind and a colon.

    ``path`` is the file's; ``clock`` counts Unix seconds.
    """

    path: str = MEMORY
    clock: Callable[[], float] = time.time
    most: int = MOST
    _connection: sqlite3.Connection | None = field(default=None, repr=False)
    _written: Counter[str] = field(default_factory=Counter, repr=False)
    """How many entries were written, by kind."""
    _secrets: dict[str, bytes] = field(default_factory=dict, repr=False)

    def claim(self, name: str, value: bytes, seconds: float) -> bytes | None:
        """Write an entry that lasts so many seconds, unless there is one: then that one's value."""
        now = self.clock()
        while True:
            if self._opened().execute(_CLAIM, (name, value, now + seconds, now)).rowcount:
                self._clean(name, now)
                return None
            if (found := self.read(name)) is not None:  # it may have ended just now
                return found

    def write(self, name: str, value: bytes, seconds: float) -> None:
        """Write an entry that lasts so many seconds, over the one that is there."""
        now = self.clock()
        self._opened().execute(_WRITE, (name, value, now + seconds))
        self._clean(name, now)

    def read(self, name: str) -> bytes | None:
        """An entry's value."""
        return self._one(_READ, name)

    def take(self, name: str) -> bytes | None:
        """An entry's value; nobody else gets it again."""
        return self._one(_TAKE, name)

    def drop(self, name: str) -> None:
        """Forget an entry."""
        self._opened().execute(_DROP, (name,))

    def kept(self, name: str, seconds: float) -> bytes:
        """A secret of chance that is made at its first use, the same for all who share this."""
        secret = self._secrets.get(name)
        if secret is None:
            made = secrets.token_bytes(32)
            secret = self._secrets[name] = self.claim(name, made, seconds) or made
        return secret

    def note(self, writer: str, value: bytes, seconds: float) -> None:
        """Leave a note for the others, which is there for so many seconds."""
        now = self.clock()
        self._opened().execute(_NOTE, (writer, value, now + seconds))
        self._opened().execute(_CLEAN_NOTES, (now,))

    def notes(self, after: int, reader: str) -> list[tuple[int, bytes]]:
        """Numbers and values of what others have noted since the note of that number."""
        return self._opened().execute(_NOTES, (after, reader)).fetchall()

    def last_note(self) -> int:
        """Number of the last note; 0 where there is none."""
        number: int = self._opened().execute(_LAST).fetchone()[0]
        return number

    def close(self) -> None:
        """Close the file."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _one(self, statement: str, name: str) -> bytes | None:
        rows = self._opened().execute(statement, (name, self.clock())).fetchall()
        return rows[0][0] if rows else None

    def _clean(self, name: str, now: float) -> None:
        kind = name.partition(":")[0]
        self._written[kind] += 1
        if self._written[kind] % _CLEANED_EVERY == 0 or self.most < _CLEANED_EVERY:
            self._opened().execute(_END, (now,))
            # What begins with "kind:" sorts before "kind;".
            self._opened().execute(_CLEAN, (f"{kind}:", f"{kind};", self.most))

    def _opened(self) -> sqlite3.Connection:
        if self._connection is None:
            if self.path != MEMORY:  # what files are for, and of whom, is nobody else's to read
                Path(self.path).touch(mode=0o600)
            # Every statement is a transaction of its own; others' take microseconds.
            self._connection = sqlite3.connect(self.path, timeout=2, isolation_level=None)
            self._connection.execute("PRAGMA journal_mode = WAL")
            self._connection.execute("PRAGMA synchronous = OFF")  # a crash may forget, as memory
            self._connection.executescript(_TABLE)
        return self._connection
