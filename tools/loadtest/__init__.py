"""`kefu loadtest`: many visitors and their agents on real sockets, what they saw, and a report of it."""
