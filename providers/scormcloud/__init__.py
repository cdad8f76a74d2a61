"""Rustici SCORM Cloud's API, version 2: one source is one application.

https://cloud.scorm.com/docs/v2/
"""

from providers.scormcloud.client import ScormCloud, Settings
from providers.scormcloud.webhooks import sender

__all__ = ["ScormCloud", "Settings", "sender"]
