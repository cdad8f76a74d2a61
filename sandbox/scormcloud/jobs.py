"""Import jobs: what they are, and when those that run are over.

No clock ends a job, so that every run is the same: one that posts its result back is over as soon
as its request is answered, any other one when it has been looked at often enough.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from sandbox.scormcloud.library import ImportJob, import_job_id


@dataclass(slots=True)
class _Running:
    finish: Callable[[str], ImportJob]
    looks: int


class Jobs:
    """Jobs by their ids; `looks` says how often one that runs is seen running."""

    def __init__(self, done: Mapping[str, ImportJob], looks: int) -> None:
        self._done = dict(done)
        self._looks = looks
        self._running: dict[str, _Running] = {}
        self._begun = 0

    def begin(self, course_id: str, finish: Callable[[str], ImportJob]) -> str:
        """The id of a new job, which `finish` brings to its end."""
        self._begun += 1
        job_id = import_job_id(f"{course_id}/{self._begun}", -1)
        self._running[job_id] = _Running(finish, self._looks)
        return job_id

    def look(self, job_id: str) -> ImportJob | None:
        """What there is to say of a job now; None where there is none of this id."""
        running = self._running.get(job_id)
        if running is None:
            return self._done.get(job_id)
        if running.looks <= 0:
            return self.finish(job_id)
        running.looks -= 1
        return ImportJob(job_id, "RUNNING", "")

    def finish(self, job_id: str) -> ImportJob:
        """Ends a job, unless it has ended already."""
        running = self._running.pop(job_id, None)
        if running is not None:
            self._done[job_id] = running.finish(job_id)
        return self._done[job_id]
