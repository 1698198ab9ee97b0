"""``python -m csr_bot.cli`` is ``csr-bot``."""

from csr_bot.cli.program import main

if __name__ == "__main__":
    main()
