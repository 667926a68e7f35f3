"""Whether a finished model suits the device that it was made for."""

from __future__ import annotations

from edgernn.edge_runtime.errors import InputError
from edgernn.edge_runtime.profiles import PROFILES, Profile
from edgernn.edge_runtime.spec.tensors import ExecutionSpec


def profile_named(target: str) -> Profile | None:
    """The device of this name; None where `target` is the name of a runtime."""
    return PROFILES.get(target)


def check_recipe(profile: Profile | None, recipe: str) -> None:
    """Refuses a recipe that does not run on the device.

    Raises:
      InputError: naming those that do.
    """
    if profile is not None and recipe not in profile.recipes:
        raise InputError(f"{recipe} does not run on {profile.title}: choose one of {', '.join(profile.recipes)}, auto")


def remarks_on(profile: Profile | None, execution: ExecutionSpec, bundle_bytes: int) -> tuple[str, ...]:
    """What the device's user should know, one sentence each.

    Args:
      profile: of the device; None: nothing is known of it, and nothing said.
      execution: of the model.
      bundle_bytes: of the whole file.
    """
    if profile is None:
        return ()
    remarks = [
        f"for {profile.title}: runtime {profile.target}, {_counted(profile.threads, 'thread')}; a call takes about "
        f"{profile.slower:g} times as long as on the cost model's machine (estimated by clock and width, not measured)"
    ]
    smallest = min(execution.signatures, key=lambda signature: signature.read_bytes or signature.weight_bytes)
    if smallest.weight_bytes > profile.last_cache:
        remarks.append(
            f"a call of {smallest.name} reads {smallest.weight_bytes:,} bytes of weights, more than the last cache of "
            f"{profile.title} ({profile.last_cache:,}): its memory decides the speed; a recipe of fewer bits, or fewer "
            "units, helps"
        )
    # XNNPACK packs a copy of the weights beside the file.
    if 2 * bundle_bytes > profile.model_memory:
        remarks.append(
            f"the file and its packed weights take about {2 * bundle_bytes:,} bytes, more than a model may have on "
            f"{profile.title} ({profile.model_memory:,}): take a recipe of fewer bits, or a smaller model"
        )
    return tuple(remarks)


def _counted(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"
