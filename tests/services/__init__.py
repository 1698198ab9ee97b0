"""Real servers for tests: each starts on a free loopback port with its files in one folder, as root or not."""
