"""What can be seen of the running appliance from outside."""
