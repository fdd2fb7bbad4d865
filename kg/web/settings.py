"""How a server is set up: options of ``kg serve`` and the same as ``KG_...`` variables."""

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    """What may be set about a server; each field is also read from ``KG_`` and its name.

    Sizes are bytes, times seconds.

    >>> Settings(time_limit=3).time_limit
    3.0
    """

    model_config = SettingsConfigDict(env_prefix="KG_", extra="ignore", frozen=True)

    host: str = Field(default="127.0.0.1", description="Address to listen on.")
    port: int = Field(default=8000, ge=0, le=65_535, description="Port to listen on.")
    root_path: str = Field(default="", description="Path under which a reverse proxy serves this server.")
    trusted_proxies: str = Field(
        default="127.0.0.1", description="Trusted proxies, whose X-Forwarded-For is used, or *."
    )
    public_url: str = Field(
        default="", description="Address that visitors use, where it differs from the request's."
    )

    endpoint: str = Field(default="", description="SPARQL server that holds the graph, instead of the base.")
    workers: int = Field(default=3, ge=1, le=64, description="Processes for visitors' SPARQL queries.")
    site_workers: int = Field(
        default=1, ge=1, le=16, description="Processes for the site's own fixed queries."
    )
    time_limit: float = Field(default=10.0, gt=0, le=3600, description="Longest time that a query may run.")
    memory_limit: int = Field(default=1 << 30, ge=1 << 27, description="Memory that a query may take.")
    result_bytes: int = Field(default=10_000_000, ge=1000, description="Largest result of a query.")
    result_rows: int = Field(default=100_000, ge=1, description="Most rows or triples of a result.")
    query_bytes: int = Field(default=32_768, ge=100, description="Longest text of a query.")
    queue_length: int = Field(
        default=256, ge=1, description="Queries that may wait, of all clients together."
    )
    queue_per_client: int = Field(default=64, ge=1, description="Queries of one client that may wait.")
    queue_time: float = Field(default=10.0, gt=0, description="Longest time that a query waits for a worker.")
    refusal_delay: float = Field(
        default=0.25, ge=0, le=10, description="How long a refusal for load is held back."
    )

    head_time: float = Field(default=5.0, gt=0, description="Time in which a request's head must arrive.")
    body_time: float = Field(default=10.0, gt=0, description="Time in which a request's body must arrive.")
    read_time: float = Field(
        default=30.0, gt=0, description="Time in which a client must take what it was sent."
    )
    drain_time: float = Field(default=10.0, gt=0, description="Time that requests have to end on SIGTERM.")
    connections: int = Field(default=2048, ge=1, description="Connections open at once.")
    poll_time: float = Field(default=1.0, gt=0, description="How often a new generation is looked for.")
    access_log: bool = Field(
        default=False, description="Whether each request is a line of JSON on standard output."
    )
