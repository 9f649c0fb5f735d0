"""Clients and servers for load and fault tests: our own socket client, so that what is measured is the appliance."""
