"""Bindbee's unified LMS API: one source is one connector.

https://docs.bindbee.dev/
"""

from providers.bindbee.client import Bindbee, Settings

__all__ = ["Bindbee", "Settings"]
