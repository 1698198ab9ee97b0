"""ERPs driven through their pages: the browser with its guards, and one file of screens for each ERP."""
