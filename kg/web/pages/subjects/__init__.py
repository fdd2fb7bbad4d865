"""The pages about one thing: guidelines, topics, services."""
