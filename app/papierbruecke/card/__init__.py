"""Whose card is in the reader?"""
