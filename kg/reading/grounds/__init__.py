"""Why the reviewer decided so: the grounds of a rationale, each with its sentence."""
