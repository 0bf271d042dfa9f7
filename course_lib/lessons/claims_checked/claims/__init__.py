"""The claims that are checked, by what they speak of."""
