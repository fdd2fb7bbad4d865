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
    root_path: str = Field(default="", description="Path prefix under which a reverse proxy serves the site.")
    trusted_proxies: str = Field(
        default="127.0.0.1", description="Trusted proxies, whose X-Forwarded-For is used, or *."
    )
    public_url: str = Field(
        default="", description="Public address of the site, if it differs from the request's."
    )

    endpoint: str = Field(
        default="", description="SPARQL server that holds the graph, instead of a local knowledge base."
    )
    workers: int = Field(default=3, ge=1, le=64, description="Processes for visitors' SPARQL queries.")
    site_workers: int = Field(
        default=1, ge=1, le=16, description="Processes for the site's own fixed queries."
    )
    time_limit: float = Field(default=10.0, gt=0, le=3600, description="Time limit of a query.")
    memory_limit: int = Field(default=1 << 30, ge=1 << 27, description="Memory limit of a query.")
    result_bytes: int = Field(default=10_000_000, ge=1000, description="Size limit of a query result.")
    result_rows: int = Field(default=100_000, ge=1, description="Most rows or triples in a result.")
    query_bytes: int = Field(default=32_768, ge=100, description="Size limit of a query's text.")
    queue_length: int = Field(default=256, ge=1, description="Most queries waiting, of all clients.")
    queue_per_client: int = Field(default=64, ge=1, description="Most queries waiting per client.")
    queue_time: float = Field(default=10.0, gt=0, description="Longest wait of a query for a worker.")
    refusal_delay: float = Field(
        default=0.25, ge=0, le=10, description="Delay before a query is refused for load."
    )

    head_time: float = Field(default=5.0, gt=0, description="Timeout for a request's headers.")
    body_time: float = Field(default=10.0, gt=0, description="Timeout for a request's body.")
    read_time: float = Field(default=30.0, gt=0, description="Timeout for a client to read a response.")
    drain_time: float = Field(default=10.0, gt=0, description="Time for requests to finish after SIGTERM.")
    connections: int = Field(default=2048, ge=1, description="Most open connections.")
    poll_time: float = Field(default=1.0, gt=0, description="Interval between checks for a new generation.")
    access_log: bool = Field(
        default=False, description="Whether to log each request as a line of JSON on standard output."
    )
