"""Dashboards, alerts and the configuration that hangs them into Grafana and Prometheus, from the catalogue of metrics."""
