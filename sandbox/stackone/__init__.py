"""StackOne's Unified LMS API, in the form of either of its two generations."""

from sandbox.stackone.operations import routes
from sandbox.stackone.refusals import refusal

__all__ = ["refusal", "routes"]
