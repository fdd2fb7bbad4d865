"""The whole of a base as files to fetch, and as one archive to deposit."""
