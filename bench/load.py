"""A load generator: connections that stay open, each sending the next request as soon as the last is answered."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass

LENGTH = b"content-length:"


@dataclass(frozen=True, slots=True)
class Load:
    """What was answered: nanoseconds of each request, and how long all took together."""

    times: list[int]
    seconds: float

    @property
    def per_second(self) -> float:
        """Requests answered in a second."""
        return len(self.times) / self.seconds


def request(host: str, path: str, body: bytes) -> bytes:
    """The bytes of a POST."""
    headers = {"Host": host, "Content-Type": "application/json", "Content-Length": len(body)}
    lines = [f"POST {path} HTTP/1.1", *(f"{name}: {value}" for name, value in headers.items()), "", ""]
    return "\r\n".join(lines).encode() + body


def run(port: int, requests: Sequence[bytes], connections: int, seconds: float) -> Load:
    """Sends the requests in turn for so long. Anything but a 201 is an error."""
    return asyncio.run(_run(port, requests, connections, seconds))


async def _run(port: int, requests: Sequence[bytes], connections: int, seconds: float) -> Load:
    start = time.perf_counter_ns()
    end = start + int(seconds * 1e9)
    found = await asyncio.gather(*(_connection(port, requests, number, end) for number in range(connections)))
    return Load([t for times in found for t in times], (time.perf_counter_ns() - start) / 1e9)


async def _connection(port: int, requests: Sequence[bytes], number: int, end: int) -> list[int]:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    times = []
    while (begin := time.perf_counter_ns()) < end:
        writer.write(requests[number % len(requests)])
        number += 1
        if await _answer(reader) != 201:
            raise ValueError("the server refused a request")
        times.append(time.perf_counter_ns() - begin)
    writer.close()
    return times


async def _answer(reader: asyncio.StreamReader) -> int:
    head = await reader.readuntil(b"\r\n\r\n")
    lines = head.split(b"\r\n")
    length = next(int(line[len(LENGTH) :]) for line in lines if line.lower().startswith(LENGTH))
    await reader.readexactly(length)
    return int(lines[0].split()[1])
