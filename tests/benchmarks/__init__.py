"""The measuring harness's own parts: what it makes and counts, never how long anything takes."""
