"""Bytes, folders and tables to the text of letters: the one part of reading that meets files."""
