"""StackOne's Unified LMS API: one source is one linked account.

https://docs.stackone.com/
"""

from providers.stackone import reading
from providers.stackone.client import LISTS, Settings, StackOne

LISTINGS = {name: resource.listing("2025-12") for name, resource in LISTS.items()}
"""What the newer generation's lists can be asked, which is more than the older one's."""

__all__ = ["LISTINGS", "Settings", "StackOne", "reading"]
