"""Bindbee's unified LMS API: one source is one connector.

https://docs.bindbee.dev/
"""

from providers.bindbee.client import Bindbee
from providers.bindbee.connected import Settings
from providers.bindbee.webhooks import sender

__all__ = ["Bindbee", "Settings", "sender"]
