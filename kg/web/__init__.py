"""The service: JSON API, SPARQL endpoint, pages and the graph view."""
