"""The real server, with one script put before all others of a page: it keeps what goes wrong there, for browsers that tell nobody.

WebKit's driver has no console, so ``window.heard`` is one: faults of scripts, promises, the page's policy, and ``console.error``.
"""

from __future__ import annotations

import base64
import hashlib
from typing import Any

from app import server as ours

HEAR = """
window.heard = [];
addEventListener('error', (e) => heard.push(String(e.message || e.target.src || e.target.href)), true);
addEventListener('unhandledrejection', (e) => heard.push('promise: ' + e.reason));
document.addEventListener('securitypolicyviolation', (e) => heard.push('policy: ' + e.violatedDirective + ' ' + e.blockedURI));
for (const level of ['error', 'warn']) {
  const say = console[level];
  console[level] = (...what) => { heard.push(level + ': ' + what.join(' ')); say.apply(console, what); };
}
"""
_ALLOWED = f"'sha256-{base64.b64encode(hashlib.sha256(HEAR.encode()).digest()).decode()}'".encode()


async def server(scope: dict[str, Any], receive: Any, send: Any) -> None:
    """Answer as the real server does; put the script into pages, and its checksum into their policy."""
    if scope["type"] != "http" or not any(key == b"accept" and b"text/html" in value for key, value in scope["headers"]):
        await ours(scope, receive, send)
        return
    start: dict[str, Any] = {}
    parts: list[bytes] = []

    async def pass_on(message: dict[str, Any]) -> None:
        if message["type"] == "http.response.start":
            start.update(message)
            return
        parts.append(message.get("body", b""))
        if message.get("more_body"):
            return
        body, headers = b"".join(parts), {key.lower(): value for key, value in start["headers"]}
        if headers.get(b"content-type", b"").startswith(b"text/html") and b"<head>" in body:
            body = body.replace(b"<head>", b"<head><script>" + HEAR.encode() + b"</script>", 1)
            policy = headers.get(b"content-security-policy", b"")
            headers[b"content-security-policy"] = policy.replace(b"script-src", b"script-src " + _ALLOWED, 1)
            headers[b"content-length"] = str(len(body)).encode()
        await send(start | {"headers": list(headers.items())})
        await send({"type": "http.response.body", "body": body})

    plain = [(key, value) for key, value in scope["headers"] if key not in (b"accept-encoding", b"if-none-match")]
    await ours(scope | {"headers": plain}, receive, pass_on)
