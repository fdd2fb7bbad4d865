"""Tables: what writes them and reads them row by row, and what reads them as polars frames."""
