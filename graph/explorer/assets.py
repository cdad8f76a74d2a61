"""Serves the explorer's bundle: compressed beforehand, and kept by browsers for good."""

import os
import re
from collections.abc import Mapping
from pathlib import Path

from starlette.datastructures import Headers
from starlette.responses import FileResponse, Response
from starlette.staticfiles import NotModifiedResponse, StaticFiles
from starlette.types import Scope

# What the machine's own table of types says of these differs from machine to machine.
MEDIA_TYPES: Mapping[str, str] = {
    ".css": "text/css",
    ".js": "text/javascript",
    ".svg": "image/svg+xml",
    ".ttf": "font/ttf",
    ".txt": "text/plain",
}

HASHED = re.compile(r"-[0-9A-Z]{8}\.\w+$")


class Assets(StaticFiles):
    """The files of a folder, each as its ``.gz`` twin to who takes gzip.

    A file with a hash in its name never changes, so that it is sent as immutable. A folder that
    isn't there holds no file: the answer is 404.
    """

    def __init__(self, folder: Path) -> None:
        super().__init__(directory=folder, check_dir=False)

    async def check_config(self) -> None:
        """Accept an absent folder; the base class would raise."""

    def file_response(
        self,
        full_path: str | os.PathLike[str],
        stat_result: os.stat_result,
        scope: Scope,
        status_code: int = 200,
    ) -> Response:
        request = Headers(scope=scope)
        path = Path(full_path)
        headers = headers_of(path)
        twin = path.with_name(f"{path.name}.gz")
        if accepts_gzip(request.get("accept-encoding", "")) and twin.is_file():
            headers["Content-Encoding"] = "gzip"
            path, stat_result = twin, twin.stat()
        media_type = MEDIA_TYPES.get(Path(full_path).suffix)
        response = FileResponse(path, status_code, headers, media_type, stat_result=stat_result)
        if self.is_not_modified(response.headers, request):
            return NotModifiedResponse(response.headers)
        return response


def headers_of(path: Path) -> dict[str, str]:
    immutable = HASHED.search(path.name)
    return {
        "Cache-Control": "public, max-age=31536000, immutable" if immutable else "no-cache",
        "Vary": "Accept-Encoding",
        # Of a worker's script, what the worker may do.
        "Content-Security-Policy": "default-src 'self'; frame-ancestors 'none'",
        "X-Content-Type-Options": "nosniff",
    }


def accepts_gzip(accepted: str) -> bool:
    """Whether an ``Accept-Encoding`` takes gzip (RFC 9110, section 12.5.3)."""
    weights = {}
    for item in accepted.lower().split(","):
        coding, _, weight = item.partition(";")
        weights[coding.strip()] = weight.replace(" ", "")
    accepted_at = weights.get("gzip", weights.get("*", "q=0"))
    return not re.fullmatch(r"q=0(\.0*)?", accepted_at)
