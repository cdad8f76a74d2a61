"""StackOne's Unified LMS API: one source is one linked account.

https://docs.stackone.com/
"""

from providers.stackone import reading
from providers.stackone.client import StackOne
from providers.stackone.linked import Settings
from providers.stackone.resources import LISTINGS
from providers.stackone.webhooks import sender

__all__ = ["LISTINGS", "Settings", "StackOne", "reading", "sender"]
