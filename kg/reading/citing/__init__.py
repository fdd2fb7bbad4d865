"""What a party relies on: guidelines and their pages, other sources, mentions in a rationale."""
