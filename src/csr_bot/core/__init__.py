"""The rules: pure functions and frozen values. No clock, files, network, logging or randomness."""
