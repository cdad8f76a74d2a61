"""Bindbee's unified LMS API: one source is one connector.

https://docs.bindbee.dev/
"""

from providers.bindbee.client import Bindbee, Settings
from providers.bindbee.webhooks import sender

__all__ = ["Bindbee", "Settings", "sender"]
