"""Pictures of figures as SVG, drawn by the server: the same figures give the same text."""
