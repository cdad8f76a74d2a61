"""What only one provider has: one module a provider, found and imported by ``load``."""

from __future__ import annotations

import importlib
import pkgutil

EXAMPLES: dict[str, str] = {}
"""By provider, a query that shows what only it has, of the source ``$source``."""

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
