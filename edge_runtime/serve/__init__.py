"""`edgernn serve`: bundles over HTTP. Needs the extra `serve`, and is in the kit's own wheel only."""
