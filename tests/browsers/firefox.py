"""Firefox as Playwright starts it: its messages pass through here, and the commands that this Firefox does not know are answered in its place.

Playwright drives an unchanged Firefox by WebDriver BiDi, but before each page it overrides media features, which Firefox ESR cannot do yet.
Nothing that a test looks at depends on that: no test that runs in Firefox asks for a colour scheme or for less motion.

Started as the browser's own command would be (``firefox.py --remote-debugging-port=0 …``); ``FIREFOX`` says which Firefox.
"""

from __future__ import annotations

import asyncio
import json
import os
import re
import signal
import sys

from websockets.asyncio.client import connect
from websockets.asyncio.server import ServerConnection, serve

#: What Playwright asks of every page, and Firefox ESR answers with "unknown command".
NOT_YET = frozenset({"emulation.setMediaFeaturesOverride"})
_LISTENING = re.compile(r"WebDriver BiDi listening on (ws://\S+)")


async def relay(ours: ServerConnection, firefox: str) -> None:
    """Pass messages both ways until either side closes."""
    path = ours.request.path if ours.request else "/session"
    async with connect(f"{firefox}{path}", max_size=None, ping_interval=None) as theirs:

        async def forth() -> None:
            async for message in ours:
                asked = json.loads(message)
                if asked.get("method") in NOT_YET:
                    await ours.send(json.dumps({"type": "success", "id": asked["id"], "result": {}}))
                else:
                    await theirs.send(message)

        async def back() -> None:
            async for message in theirs:
                await ours.send(message)

        _, left = await asyncio.wait({asyncio.create_task(forth()), asyncio.create_task(back())}, return_when=asyncio.FIRST_COMPLETED)
        for task in left:
            task.cancel()


async def main(arguments: list[str]) -> int:
    """Start Firefox, listen in its place, and end with it."""
    browser = await asyncio.create_subprocess_exec(
        os.environ.get("FIREFOX", "firefox-esr"), *arguments, stdout=sys.stderr.fileno(), stderr=asyncio.subprocess.PIPE
    )
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, browser.terminate)
    assert browser.stderr
    async for line in browser.stderr:
        said = line.decode(errors="replace").rstrip()
        if found := _LISTENING.search(said):
            address = found[1]
            server = await serve(lambda ours: relay(ours, address), "127.0.0.1", 0, max_size=None, ping_interval=None)
            said = f"WebDriver BiDi listening on ws://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        sys.stderr.write(said + "\n")
        sys.stderr.flush()
    return await browser.wait()


if __name__ == "__main__":
    raise SystemExit(asyncio.run(main(sys.argv[1:])))
