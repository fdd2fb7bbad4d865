"""Text to values: letters, their sections, citations, credentials and items."""
