"""How long it takes to import a large ledger and to look things up in it, beside the bare reading of the same file."""
