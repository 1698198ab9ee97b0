"""The tests of csr_bot, one folder for each room of the house."""
