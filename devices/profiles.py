"""The profiles of devices, for programs on the workstation; the runtime has them, so that a device knows itself."""

from __future__ import annotations

from edgernn.edge_runtime.profiles import PROFILES, Profile, profile_of

__all__ = ["PROFILES", "Profile", "profile_of"]
