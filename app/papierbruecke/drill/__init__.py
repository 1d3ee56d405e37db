"""The simulated TI: drill of the practice, demo, and counterpart of the tests.

No other room imports this one.
"""
