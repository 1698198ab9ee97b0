"""How fast the record is searched."""
