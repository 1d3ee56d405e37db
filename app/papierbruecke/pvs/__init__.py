"""How do patients come from the practice system, and records back to it?"""
