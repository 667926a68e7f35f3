"""The main job from end to end, as a user would type it: every step is one of the kit's own commands."""
