"""The key of this desk and the encrypted files that it opens."""
