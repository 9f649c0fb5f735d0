"""The doors: HTTP routes, access, static pages.  What travels over sockets belongs to channels/."""
