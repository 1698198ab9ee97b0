"""One outside system each, ignorant of each other."""
