"""Customer portals driven through their pages, one file for each."""
