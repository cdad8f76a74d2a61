"""E-learning packages as zip files: `generate` builds them from a course, `parse` reads any."""

from sandbox.packages.generate import generate
from sandbox.packages.model import (
    Activity,
    Metadata,
    PackagedFile,
    PackageError,
    ParsedPackage,
    Standard,
)
from sandbox.packages.parse import parse

__all__ = [
    "Activity",
    "Metadata",
    "PackageError",
    "PackagedFile",
    "ParsedPackage",
    "Standard",
    "generate",
    "parse",
]
