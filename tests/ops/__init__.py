"""What ops engineers edit: bot files, schedules, settings, and the workspace that holds them."""
