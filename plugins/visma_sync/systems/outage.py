"""Whether a system answers at all, asked without signing in."""

import asyncio
from collections.abc import Iterable

import httpx

_TIMEOUT = httpx.Timeout(10.0)


async def silent_addresses(addresses: Iterable[str]) -> list[str]:
    """The addresses that do not answer, or only with a server error; any answer below 500 counts as up."""
    async with httpx.AsyncClient(timeout=_TIMEOUT, follow_redirects=False) as client:
        addresses = list(addresses)
        silent = await asyncio.gather(*(_is_silent(client, address) for address in addresses))
    return [address for address, is_silent in zip(addresses, silent, strict=True) if is_silent]


async def _is_silent(client: httpx.AsyncClient, address: str) -> bool:
    try:
        answer = await client.get(address)
    except httpx.HTTPError:
        return True
    return answer.status_code >= httpx.codes.INTERNAL_SERVER_ERROR
