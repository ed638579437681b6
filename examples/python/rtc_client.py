#!/usr/bin/python3
"""A client of rooms in one file: publish a camera, watch, get what is found, change settings.

It needs aiortc (Debian's python3-aiortc, or pip install aiortc) and nothing else of this repository.

    async with Room("http://localhost:8080", "demo") as room:
        await room.watch()
        async for message in room.detections():
            print(message["detections"])

From a shell: each result is a line of JSON.

    rtc_client.py http://localhost:8080 demo --results 10
    rtc_client.py http://localhost:8080 demo --publish film.mp4 --configure '{"mode":"focus"}'
    rtc_client.py http://localhost:8080 demo --publish test
"""
import argparse
import asyncio
import json
import sys
import urllib.error
import urllib.parse
import urllib.request
from fractions import Fraction

from aiortc import RTCPeerConnection, RTCSessionDescription, VideoStreamTrack
from aiortc.contrib.media import MediaPlayer
from av import VideoFrame

TIMEOUT_SECONDS = 30

# Messages that wait for a reader who is slow; older ones give way.
MAX_WAITING = 300

# Notices come by the channel of the detections, which repeats nothing.
NOTICE_SECONDS, NOTICE_PINGS = 1, 10

# Notices that say no to a command; the others come by themselves.
REFUSALS = ("bad_value", "bad_message", "forbidden", "message_too_large", "privacy_guarded", "too_many_messages")


class Refused(Exception):
    """The server said no; its sentence is the text, and `status` the code of HTTP or of the notice."""

    def __init__(self, status, detail):
        super().__init__(detail)
        self.status = status


class Room:
    """One place in a room: publishing or watching, with a channel for results and settings. Close it, or use it with `async with`."""

    def __init__(self, server, room, token=None):
        self._server = server.rstrip("/")
        self._room = urllib.parse.quote(room, safe="")
        self._token = token
        self._peer = None
        self._channel = None
        self._commands = None
        self._session = None
        self._open = None
        self._turn = asyncio.Lock()
        self._pings = 0
        self._pongs = {}
        self._refusal = None
        self._messages = asyncio.Queue(MAX_WAITING)
        self._receiver = None
        self.track = None

    async def __aenter__(self):
        return self

    async def __aexit__(self, *_):
        await self.close()

    async def publish(self, track, mode=None, name=None):
        """Sends a track of aiortc's into the room."""
        query = {key: value for key, value in (("mode", mode), ("name", name)) if value}
        self._begin()
        self._peer.addTransceiver(track, direction="sendonly")
        await self._join("whip", query)

    async def watch(self, view="annotated"):
        """Gets the room's picture: `track` is it then, annotated or the camera's own (source)."""
        self._begin()
        self._receiver = self._peer.addTransceiver("video", direction="recvonly").receiver
        self.track = self._receiver.track
        await self._join("whep", {"view": view})

    def timestamp_of(self, frame):
        """The RTP timestamp of a picture of `track`, by which results name theirs: aiortc itself counts from the first picture on."""
        origin = self._receiver._RTCRtpReceiver__timestamp_mapper._origin
        return (frame.pts + origin) % 2**32

    async def detections(self):
        """What is found, a message for each picture, until the connection ends."""
        async for message in self.messages():
            if message["type"] == "detections":
                yield message

    async def messages(self):
        """All that the server says: detections, stats, notices, settings."""
        while (message := await self._messages.get()) is not None:
            yield message

    async def configure(self, **settings):
        """Changes settings of the whole room, as mode="privacy" or confidence=0.4: done, or Refused."""
        await self._command({"type": "configure", **settings})

    async def select(self, x, y):
        """Puts the object at a place in focus, in fractions of the picture."""
        await self._command({"type": "select", "x": x, "y": y})

    async def close(self):
        peer, self._peer = self._peer, None
        if self._session:
            await self._ask("DELETE", self._session)
            self._session = None
        if peer:
            await peer.close()
        self._end()

    def _begin(self):
        if self._peer:
            raise RuntimeError("this place is taken: another Room is another place")
        self._peer = RTCPeerConnection()
        self._open = asyncio.get_running_loop().create_future()
        self._channel = self._peer.createDataChannel("vision", ordered=False, maxRetransmits=0)
        self._commands = self._peer.createDataChannel("commands")
        channels = (self._channel, self._commands)

        def opened():
            if all(channel.readyState == "open" for channel in channels) and not self._open.done():
                self._open.set_result(None)

        for channel in channels:
            channel.on("open", opened)
            channel.on("message", lambda text: self._hear(json.loads(text)))

        @self._peer.on("connectionstatechange")
        def changed():
            if self._peer and self._peer.connectionState in ("failed", "closed"):
                self._end()

    def _hear(self, message):
        if message["type"] == "pong":
            if (pong := self._pongs.get(message["id"])) and not pong.done():
                pong.set_result(None)
            return
        if message["type"] == "notice" and message["code"] in REFUSALS:
            self._refusal = message
        self._put(message)

    def _put(self, message):
        if self._messages.full():
            self._messages.get_nowait()
        self._messages.put_nowait(message)

    def _end(self):
        """Nothing more is said, and no answer comes."""
        for pong in self._pongs.values():
            if not pong.done():
                pong.set_exception(ConnectionError("the connection is closed"))
        self._put(None)

    async def _join(self, path, query):
        await self._peer.setLocalDescription(await self._peer.createOffer())
        address = f"{self._server}/{path}/{self._room}?{urllib.parse.urlencode(query)}"
        headers, answer = await self._ask("POST", address, self._peer.localDescription.sdp)
        self._session = urllib.parse.urljoin(address, headers["Location"])
        await self._peer.setRemoteDescription(RTCSessionDescription(answer, "answer"))
        await asyncio.wait_for(asyncio.shield(self._open), TIMEOUT_SECONDS)

    async def _command(self, message):
        """Goes by a channel that loses nothing. The answer to a ping behind it tells that the server has come to it, and the answer to
        one by the channel of the notices comes behind those that were sent before."""
        async with self._turn:
            await asyncio.wait_for(asyncio.shield(self._open), TIMEOUT_SECONDS)
            self._refusal = None
            await self._answered(self._commands, TIMEOUT_SECONDS, message)
            for _ in range(NOTICE_PINGS):
                try:
                    await self._answered(self._channel, NOTICE_SECONDS)
                    break
                except asyncio.TimeoutError:
                    pass
            if self._refusal:
                raise Refused(self._refusal["code"], self._refusal["message"])

    async def _answered(self, channel, seconds, *messages):
        self._pings += 1
        number = self._pings
        self._pongs[number] = asyncio.get_running_loop().create_future()
        try:
            for message in (*messages, {"type": "ping", "id": number}):
                channel.send(json.dumps(message))
            await asyncio.wait_for(self._pongs[number], seconds)
        finally:
            del self._pongs[number]

    async def _ask(self, method, address, sdp=None):
        request = urllib.request.Request(address, method=method, data=sdp.encode() if sdp else None)
        request.add_header("Content-Type", "application/sdp")
        if self._token:
            request.add_header("Authorization", f"Bearer {self._token}")

        def ask():
            try:
                with urllib.request.urlopen(request, timeout=TIMEOUT_SECONDS) as response:
                    return response.headers, response.read().decode()
            except urllib.error.HTTPError as error:
                try:
                    detail = json.load(error)["detail"]
                except (ValueError, KeyError):
                    detail = error.reason
                raise Refused(error.code, detail) from None

        return await asyncio.get_running_loop().run_in_executor(None, ask)


class TestPicture(VideoStreamTrack):
    """A bright block that crosses a grey picture, for a room without a camera."""

    WIDTH, HEIGHT, BLOCK = 640, 480, 120

    def __init__(self):
        super().__init__()
        self._number = 0

    async def recv(self):
        pts, time_base = await self.next_timestamp()
        frame = VideoFrame(self.WIDTH, self.HEIGHT, "yuv420p")
        for plane, value in zip(frame.planes, (90, 128, 128)):
            plane.update(bytes([value]) * plane.buffer_size)
        luma, line = bytearray(frame.planes[0]), frame.planes[0].line_size
        left = self._number * 6 % (self.WIDTH - self.BLOCK)
        for row in range(180, 320):
            luma[row * line + left:row * line + left + self.BLOCK] = b"\xdc" * self.BLOCK
        frame.planes[0].update(bytes(luma))
        frame.pts, frame.time_base = pts, Fraction(time_base)
        self._number += 1
        return frame


async def run(options):
    async with Room(options.server, options.room, options.token) as room:
        if options.publish == "test":
            await room.publish(TestPicture(), options.mode)
        elif options.publish:
            await room.publish(MediaPlayer(options.publish, loop=True).video, options.mode)
        else:
            await room.watch(options.view)
        if options.configure:
            await room.configure(**json.loads(options.configure))
        count = 0
        async for message in room.messages():
            if message["type"] == "detections" or options.all:
                print(json.dumps(message), flush=True)
                count += 1
            if options.results and count >= options.results:
                break


def main():
    parser = argparse.ArgumentParser(description="A client of a room: publishes or watches, and prints what is found.")
    parser.add_argument("server", help="as http://localhost:8080")
    parser.add_argument("room")
    parser.add_argument("--token", help="a join token where the server asks for one")
    parser.add_argument("--publish", metavar="FILE", help="a video that is sent round and round, or test")
    parser.add_argument("--mode", help="what the room shows, as annotate or privacy")
    parser.add_argument("--view", default="annotated", choices=("annotated", "source"))
    parser.add_argument("--configure", metavar="JSON", help="settings of the room, as '{\"confidence\":0.4}'")
    parser.add_argument("--results", type=int, default=0, help="ends after so many lines")
    parser.add_argument("--all", action="store_true", help="prints stats, notices and settings too")
    try:
        asyncio.run(run(parser.parse_args()))
    except Refused as error:
        sys.exit(f"{error.status}: {error}")
    except KeyboardInterrupt:
        pass


if __name__ == "__main__":
    main()
