"""Many readers at once, in a process of its own: ``python -m bench.load PORT SECONDS PAUSE USERS``, what they ask on stdin.

What they ask is a JSON list of pairs: an address, and the body that is posted there ("" to get it). The client is a bare socket, so
that it takes little of the processors that it shares with the server.
"""

import asyncio
import json
import random
import sys
import time


def write_request(path: str, body: str) -> bytes:
    """A whole request."""
    what = f"POST {path} HTTP/1.1\r\nContent-Length: {len(body.encode())}" if body else f"GET {path} HTTP/1.1"
    return f"{what}\r\nHost: bench\r\nContent-Type: application/json\r\nAccept-Encoding: gzip\r\n\r\n{body}".encode()


async def read_as_user(port: int, requests: list[bytes], until: float, pause: float) -> list[float]:
    """One question after another; returns the milliseconds of each answer, and fails at any that is not 200."""
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


async def load(port: int, seconds: float, pause: float, users: int, asked: list[tuple[str, str]]) -> list[float]:
    """The milliseconds of all answers, rising."""
    requests = [write_request(path, body) for path, body in asked]
    until = time.perf_counter() + seconds
    found = await asyncio.gather(*(read_as_user(port, requests, until, pause) for _ in range(users)))
    return sorted(took for user in found for took in user)


if __name__ == "__main__":
    answers = asyncio.run(load(int(sys.argv[1]), float(sys.argv[2]), float(sys.argv[3]), int(sys.argv[4]), json.load(sys.stdin)))
    print(json.dumps({"answers": len(answers), "p50": answers[len(answers) // 2], "p95": answers[int(len(answers) * 0.95)]}))
