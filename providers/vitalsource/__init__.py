"""VitalSource's Launch API v4: one source is one API key of an LTI integration.

https://developer.vitalsource.com/hc/en-us/articles/360025489673
"""

from providers.vitalsource.client import Settings, VitalSource

__all__ = ["Settings", "VitalSource"]
