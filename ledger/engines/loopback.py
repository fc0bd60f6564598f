"""Whether an address is one of this machine, so that nothing that is sent there leaves it."""

import ipaddress


def is_loopback(host: str) -> bool:
    """Whether a host, by number or by name, is this machine."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
