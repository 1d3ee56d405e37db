"""The window: widgets only, on the same services as the command line."""
