"""Tests of the command line, run as the real program."""
