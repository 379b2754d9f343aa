"""Stock of the source becomes stock of the target, by inventory adjustments."""
