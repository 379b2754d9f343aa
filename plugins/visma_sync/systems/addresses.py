"""Where requests may go: over HTTPS, or in the clear to this machine only."""

from ipaddress import ip_address
from urllib.parse import urlsplit

from visma_sync.errors import ConfigurationError


def checked_address(url: str, system: str) -> str:
    """The address without a slash at its end. Raises ConfigurationError where it is neither."""
    parts = urlsplit(url.strip())
    if parts.scheme == "https" and parts.hostname:
        return url.strip().rstrip("/")
    if parts.scheme == "http" and _is_this_machine(parts.hostname or ""):
        return url.strip().rstrip("/")
    raise ConfigurationError(
        f"the address {parts.scheme}://{parts.hostname} is not an https address",
        resolution="Correct the addresses in the Connection; http is for this machine only.",
        system=system,
    )


def _is_this_machine(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False
