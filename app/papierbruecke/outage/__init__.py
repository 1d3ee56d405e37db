"""Is the TI down, which part, and whose job is it?"""
