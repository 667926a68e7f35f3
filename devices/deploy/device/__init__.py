"""What runs on the device: standard library alone, sent over SSH as text, nothing of it is installed there.

It runs on the system's own Python, which may be 3.9 and knows nothing of the kit: these modules import each other and
nothing else of it.
"""
