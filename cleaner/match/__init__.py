"""Which blocks of an article say the same: exact by key, near by shingles, contained by a shared stretch."""
