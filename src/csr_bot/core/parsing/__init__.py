"""Text to facts: mails, references, amounts and dates."""
