"""Stock of a mirrored run: levels of the source become balances of the target's articles."""
