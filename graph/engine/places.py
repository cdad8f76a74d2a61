"""Where the values of a level stand in the answer."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from graphql.pyutils import Path


class Places(NamedTuple):
    """Where values stand, in their order.

    Paths are kept only for levels below which a resolver needs one: there, a value that stands in
    two places is two values. Elsewhere it is one, which has a weight.
    """

    paths: Sequence[Path | None] | None = None
    weights: Sequence[int] | None = None
    """In how many places each value stands; None where each stands in one."""

    def take(self, places: Sequence[int]) -> Places:
        """Those of some of the values."""
        paths, weights = self.paths, self.weights
        return Places(
            None if paths is None else [paths[place] for place in places],
            None if weights is None else [weights[place] for place in places],
        )

    def field(self, key: str, type_name: str) -> Places:
        """Where the values of a field of these objects stand."""
        if self.paths is None:
            return self
        return Places([Path(path, key, type_name) for path in self.paths], self.weights)

    def items(self, lengths: Sequence[int]) -> Places:
        """Where the items of these lists stand."""
        paths, weights = self.paths, self.weights
        if paths is None and weights is None:
            return self
        return Places(
            None
            if paths is None
            else [
                Path(path, item, None)
                for path, length in zip(paths, lengths, strict=True)
                for item in range(length)
            ],
            None
            if weights is None
            else [
                weight
                for weight, length in zip(weights, lengths, strict=True)
                for _ in range(length)
            ],
        )
