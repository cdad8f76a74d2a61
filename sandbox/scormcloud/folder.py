"""Where an app keeps what is too large for memory: a folder of its own, that goes when it goes."""

from __future__ import annotations

import shutil
import weakref
from itertools import count
from pathlib import Path
from tempfile import mkdtemp


class Folder:
    """A temporary folder, made when it is first needed.

    Files have numbers for names: nothing that a request says becomes part of a path.
    """

    def __init__(self) -> None:
        self._numbers = count(1)
        self._path: Path | None = None

    @property
    def path(self) -> Path:
        if self._path is None:
            self._path = Path(mkdtemp(prefix="coursegraph-sandbox-"))
            weakref.finalize(self, shutil.rmtree, self._path, ignore_errors=True)
        return self._path

    def new(self) -> Path:
        """A path in the folder where nothing is yet."""
        return self.path / str(next(self._numbers))
