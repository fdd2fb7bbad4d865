"""A door for agents: the Model Context Protocol over what the API answers.

``POST /mcp`` of the server and ``kg mcp`` over standard input give the same read-only tools. They need the
extra ``agents``.
"""
