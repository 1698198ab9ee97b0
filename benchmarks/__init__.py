"""Measurements of csr_bot beside its peers and its limits; run from the repository, never shipped."""
