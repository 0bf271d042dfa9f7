"""Numbers that are computed anew for each claim, by what it speaks of."""
