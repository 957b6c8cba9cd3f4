"""A proxy in front of an S3 server that makes a share of the requests fail, chosen by a seeded generator.

Requests are forwarded unchanged, including the Host header, since signatures cover it. Each fault is one that a
network, a load balancer or an object store really has.
"""
import asyncio
import random
import socket
import struct
import threading

BUSY = (b"<?xml version=\"1.0\" encoding=\"UTF-8\"?><Error><Code>SlowDown</Code>"
        b"<Message>Please reduce your request rate.</Message></Error>")
FAULTS = ["busy",    # 503, the request does not reach the server
          "reset",   # the connection is reset, the request does not reach the server
          "late",    # the connection is reset after the server has done what was asked
          "cut",     # half of the answer's body under the full Content-Length, then the end
          "short"]   # half of an upload, then the end
LOST = "lost"        # an upload is answered with 200 and thrown away; only when asked for


class FaultProxy:
    """Runs in a thread of its own between enter and exit. `share` is the share of requests that get one of `faults`; it
    can be changed at any time. `counts` tells how often each fault was made, and the number of "requests"."""

    def __init__(self, server_port, seed, share=0.1, faults=tuple(FAULTS), only=lambda method, path: True):
        self.server_port = server_port
        self.share = share
        self.faults = faults
        self.only = only
        self.random = random.Random(seed)
        self.counts = {"requests": 0}
        self.delay = 0.0  # seconds before each answer

    def __enter__(self):
        self.loop = asyncio.new_event_loop()
        started = threading.Event()
        self.thread = threading.Thread(target=self._serve, args=(started,), daemon=True)
        self.thread.start()
        started.wait()
        return self

    def __exit__(self, *_):
        self.loop.call_soon_threadsafe(self.stopped.set)
        self.thread.join()

    def _serve(self, started):
        async def serve():
            self.stopped = asyncio.Event()
            server = await asyncio.start_server(self._client, "127.0.0.1", 0)
            self.port = server.sockets[0].getsockname()[1]
            started.set()
            await self.stopped.wait()
            server.close()
            for task in asyncio.all_tasks() - {asyncio.current_task()}:
                task.cancel()

        self.loop.run_until_complete(serve())
        self.loop.close()

    def _fault(self, method, path):
        """Returns the fault of the next request, or None. Draws one number per request, whatever the faults are."""
        self.counts["requests"] += 1
        number = self.random.random()
        if number >= self.share or not self.only(method, path):
            return None
        possible = [fault for fault in self.faults
                    if (method in ("PUT", "POST") or fault not in ("short", LOST))
                    and (method == "GET" or fault != "cut")]
        if not possible:
            return None
        fault = possible[int(number / self.share * len(possible))]
        self.counts[fault] = self.counts.get(fault, 0) + 1
        return fault

    async def _client(self, reader, writer):
        try:
            while await self._request(reader, writer):
                pass
        except (asyncio.IncompleteReadError, ConnectionError, asyncio.CancelledError):
            pass
        finally:
            writer.close()

    async def _request(self, reader, writer):
        """Handles one request. Returns False when the connection has ended."""
        head = await reader.readuntil(b"\r\n\r\n")
        method, path, _ = head.decode("latin-1").split(" ", 2)
        headers = _headers(head)
        if headers.get("expect", "").lower() == "100-continue":
            writer.write(b"HTTP/1.1 100 Continue\r\n\r\n")
        body = await reader.readexactly(int(headers.get("content-length", 0)))
        fault = self._fault(method, path)
        if self.delay:
            await asyncio.sleep(self.delay)
        if fault == "busy":
            return await _answer(writer, b"HTTP/1.1 503 Slow Down\r\nContent-Type: application/xml\r\n", BUSY)
        if fault == LOST:
            return await _answer(writer, b"HTTP/1.1 200 OK\r\nETag: \"00000000000000000000000000000000\"\r\n", b"")
        if fault == "reset":
            return _reset(writer)
        answer, is_head = await self._forward(head, body[: len(body) // 2] if fault == "short" else body, method,
                                              fault == "short")
        if fault in ("late", "short"):
            return _reset(writer)
        split = answer.index(b"\r\n\r\n") + 4
        if fault == "cut" and not is_head and len(answer) > split + 1:
            writer.write(answer[: split + (len(answer) - split) // 2])
            await writer.drain()
            return False
        writer.write(answer)
        await writer.drain()
        return "content-length" in _headers(answer[:split]) or is_head

    async def _forward(self, head, body, method, end_early):
        """Returns the server's whole answer, and whether it has no body."""
        reader, writer = await asyncio.open_connection("127.0.0.1", self.server_port)
        try:
            # This header is not signed. It makes the server close the connection, which ends its answer.
            lines = [line for line in head.split(b"\r\n") if not line.lower().startswith((b"connection:", b"expect:"))]
            lines.insert(1, b"Connection: close")
            writer.write(b"\r\n".join(lines) + body)
            await writer.drain()
            if end_early:
                return b"\r\n\r\n", True
            answer = await reader.read(-1)
        finally:
            writer.close()
        split = answer.index(b"\r\n\r\n")
        kept = [line for line in answer[:split].split(b"\r\n") if not line.lower().startswith(b"connection:")]
        return b"\r\n".join(kept) + answer[split:], method == "HEAD"


def _headers(head):
    lines = head.decode("latin-1").split("\r\n")[1:]
    return {name.strip().lower(): value.strip() for name, _, value in (line.partition(":") for line in lines) if name}


async def _answer(writer, head, body):
    writer.write(head + f"Content-Length: {len(body)}\r\n\r\n".encode() + body)
    await writer.drain()
    return True


def _reset(writer):
    """Closes the connection so that the client gets a reset, not an end."""
    writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()
    return False
