"""Where an app keeps what is too large for memory: a folder of its own, that goes when it goes.

A server that is told to end says so to its app; a signal that ends the process runs nothing else.
"""

from __future__ import annotations

import shutil
import weakref
from collections.abc import Callable
from itertools import count
from pathlib import Path
from tempfile import mkdtemp


class Folder:
    """A temporary folder, made when it is first needed, deleted when it is closed or forgotten.

    Files have numbers for names: nothing that a request says becomes part of a path.
    """

    def __init__(self) -> None:
        self._numbers = count(1)
        self._path: Path | None = None
        self._delete: Callable[[], object] | None = None

    def close(self) -> None:
        """Deletes the folder; the next file gets another one."""
        if self._delete is not None:
            self._delete()
        self._path = self._delete = None

    @property
    def path(self) -> Path:
        if self._path is None:
            self._path = Path(mkdtemp(prefix="coursegraph-sandbox-"))
            self._delete = weakref.finalize(self, shutil.rmtree, self._path, ignore_errors=True)
        return self._path

    def new(self) -> Path:
        """A path in the folder where nothing is yet."""
        return self.path / str(next(self._numbers))
