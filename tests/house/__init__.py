"""Checks of the house itself: its tools, its shape, its dependencies, its containers."""
