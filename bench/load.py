"""Many readers at once, in a process of its own: ``python -m bench.load PORT SECONDS PAUSE USERS``.

On stdin stands the callback's body, or addresses to ask for, a line each.

The client is a bare socket, so that it takes little of the processors that it shares with the server.
"""

import asyncio
import json
import random
import sys
import time

from heatmap.store import open_snapshot

RECORDED = "E01008966"  # the area in the recorded body


def write_request(code: str, body: str) -> bytes:
    """A whole request for an area: its page of the API or, given a body, the callback that draws its panel."""
    what = f"POST /_dash-update-component HTTP/1.1\r\nContent-Length: {len(body)}" if body else f"GET /api/v1/areas/{code} HTTP/1.1"
    head = f"{what}\r\nHost: bench\r\nContent-Type: application/json\r\nAccept-Encoding: gzip\r\n\r\n"
    return (head + body.replace(RECORDED, code)).encode()


async def read_as_user(port: int, requests: list[bytes], until: float, pause: float) -> list[float]:
    """One story after another; returns the milliseconds of each answer, and fails at any that is not 200."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    took = []
    await asyncio.sleep(random.random() * pause)
    while time.perf_counter() < until:
        began = time.perf_counter()
        writer.write(random.choice(requests))
        head = (await reader.readuntil(b"\r\n\r\n")).decode().lower()
        if " 200 " not in head.split("\r\n")[0]:
            raise RuntimeError(head.split("\r\n")[0])
        await reader.readexactly(int(head.partition("content-length:")[2].split("\r\n")[0]))
        took.append(1000 * (time.perf_counter() - began))
        await asyncio.sleep(random.uniform(0.5, 1.5) * pause)
    writer.close()
    return took


async def load(port: int, seconds: float, pause: float, users: int, body: str) -> list[float]:
    """The milliseconds of all answers, rising."""
    if body.startswith("/"):
        requests = [f"GET {address} HTTP/1.1\r\nHost: bench\r\nAccept-Encoding: gzip\r\n\r\n".encode() for address in body.split()]
    else:
        codes = random.Random(1).sample(open_snapshot().areas["lsoa"].code.tolist(), 2000)
        requests = [write_request(code, body) for code in codes]
    until = time.perf_counter() + seconds
    found = await asyncio.gather(*(read_as_user(port, requests, until, pause) for _ in range(users)))
    return sorted(took for user in found for took in user)


if __name__ == "__main__":
    answers = asyncio.run(load(int(sys.argv[1]), float(sys.argv[2]), float(sys.argv[3]), int(sys.argv[4]), sys.stdin.read()))
    print(json.dumps({"answers": len(answers), "p50": answers[len(answers) // 2], "p95": answers[int(len(answers) * 0.95)]}))
