# SPDX-License-Identifier: Apache-2.0
"""Which network addresses a source may live at: public ones only, however they are written."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address

_NAT64 = IPv6Network("64:ff9b::/96")  # Spec: RFC 6052 2.1
_LOCAL_NAT64 = IPv6Network("64:ff9b:1::/48")  # Spec: RFC 8215
_LAST_32_BITS = 0xFFFFFFFF


def is_public(text: str) -> bool:
    """Whether an address, as a socket names it, is on the public internet; a wrapped IPv4 address is unwrapped."""
    try:
        address = ip_address(text.partition("%")[0])
    except ValueError:
        return False
    return _is_public(address)


def _is_public(address: IPv4Address | IPv6Address) -> bool:
    if isinstance(address, IPv6Address):
        inner = _inner(address)
        if inner is not None:
            return _is_public(inner)
        if address in _LOCAL_NAT64 or address.is_site_local or address.teredo:
            return False
    special = address.is_multicast or address.is_reserved or address.is_unspecified or address.is_loopback
    return address.is_global and not special


def _inner(address: IPv6Address) -> IPv4Address | None:
    """The IPv4 address that an IPv6 one stands for: mapped, 6to4 or NAT64."""
    if address in _NAT64:
        return IPv4Address(int(address) & _LAST_32_BITS)
    return address.ipv4_mapped or address.sixtofour
