"""Send what is owed electronically, each exactly once."""
