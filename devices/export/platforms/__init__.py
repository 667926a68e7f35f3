"""The platforms: each is one file and one line here."""

from __future__ import annotations

from edgernn.devices.export.platforms.android import Android
from edgernn.devices.export.platforms.base import Platform, Project
from edgernn.devices.export.platforms.ios import Ios
from edgernn.devices.export.platforms.web import Web

__all__ = ["PLATFORMS", "Platform", "Project"]

PLATFORMS: dict[str, Platform] = {platform.name: platform for platform in (Web(), Android(), Ios())}
