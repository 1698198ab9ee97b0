"""One package for each ERP: locators by role and label, a read for each page, a post for each form."""
