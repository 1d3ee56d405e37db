"""Prove it: every Beleg of a Störung in exactly one column."""
