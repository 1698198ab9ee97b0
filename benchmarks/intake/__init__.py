"""How fast mail is taken in: csr_bot, a bare loop and django-helpdesk on the same mailbox, in turns."""
