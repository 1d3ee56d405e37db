"""What is safe, sent, in doubt? The encrypted store of all Belege."""
