"""What only one provider has: one module a provider, found and imported by ``load``."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Mapping

EXAMPLES: dict[str, str] = {}
"""By provider, a query that shows what only it has, of the source ``$source``."""

CHANGES: dict[str, tuple[str, Mapping[str, object]]] = {}
"""By provider, a mutation that begins an import, and its ``$input`` but the source."""

GENERAL = """\
# One source.
query One($source: String!) {
  source(name: $source) {
    provider
    capabilities
    courses(first: 10) { nodes { id title completions(first: 3) { nodes { user { name } } } } }
  }
}
"""
"""The example for a provider that has nothing of its own."""


def load() -> None:
    """Import every provider's module, which adds its facets to the declared types."""
    for module in pkgutil.iter_modules(__path__):
        importlib.import_module(f"{__name__}.{module.name}")
