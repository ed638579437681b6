#!/usr/bin/python3
"""A WHIP publisher and WHEP viewer made of aiortc, the foreign peer that the tests hold the server against.

  aiortc_client.py publish URL [--until sent=60 …] [--codec vp8|h264] [--return] [--data] [--through PORT]
  aiortc_client.py watch URL [--until received=20 changes=6 …] [--data] [--through PORT] [--turn URL USER PASSWORD]

It goes on until each figure of its report that follows --until is reached and its standard input has ended, or --seconds are over.
With --through all media goes to that port of 127.0.0.1, where a relay passes it on.
With --turn all media goes by that TURN server; nothing is sent from an address of our own.
Prints one JSON object: what was sent, what came back, what the data channel said.
"""
import argparse
import asyncio
import json
import sys
import threading
import time
import urllib.request

import numpy
from aioice import Connection
from aiortc import rtcsctptransport
from aiortc import RTCConfiguration, RTCIceServer, RTCPeerConnection, RTCSessionDescription, VideoStreamTrack
from aiortc.rtcrtpsender import RTCRtpSender
from av import VideoFrame

WIDTH, HEIGHT = 640, 480

# Seconds before the data channel's handshake is said again. aiortc's three would be half of a test that loses packets.
rtcsctptransport.SCTP_RTO_INITIAL = 0.5


class MovingBlock(VideoStreamTrack):
    """A bright block that crosses a grey picture, thirty pictures a second."""

    def __init__(self):
        super().__init__()
        self.sent = 0

    async def recv(self):
        pts, time_base = await self.next_timestamp()
        picture = numpy.full((HEIGHT, WIDTH, 3), 90, numpy.uint8)
        picture[::16, :, :] = 110
        x = (self.sent * 6) % (WIDTH - 120)
        picture[180:320, x:x + 110] = (240, 220, 60)
        frame = VideoFrame.from_ndarray(picture, format="rgb24")
        frame.pts, frame.time_base = pts, time_base
        self.sent += 1
        return frame


class Sink:
    def __init__(self):
        self.frames = 0
        self.changes = 0
        self.first_at = None
        self.last_at = None
        self.longest_gap = 0.0
        self.width = self.height = 0
        self.last = None

    async def drain(self, track):
        while True:
            try:
                frame = await track.recv()
            except Exception:
                return
            self.frames += 1
            now = time.monotonic()
            self.first_at = self.first_at or now
            if self.last_at and now - self.first_at > 1:
                self.longest_gap = max(self.longest_gap, now - self.last_at)
            self.last_at = now
            self.width, self.height = frame.width, frame.height
            small = frame.to_ndarray(format="gray")[::8, ::8].astype(int)
            if self.last is not None and self.last.shape == small.shape and abs(small - self.last).mean() > 0.2:
                self.changes += 1
            self.last = small


def post(url, sdp):
    request = urllib.request.Request(url, data=sdp.encode(), headers={"Content-Type": "application/sdp"}, method="POST")
    with urllib.request.urlopen(request, timeout=10) as response:
        return response.status, response.headers["Location"], response.read().decode()


def without_candidates(sdp):
    """The server must not learn our own addresses: it would find the straight way by itself."""
    return "\r\n".join(line for line in sdp.splitlines() if not line.startswith("a=candidate:")) + "\r\n"


def only_relays():
    """aiortc has no option for it: what it would send straight from here is taken out before ICE makes pairs of it."""
    gather = Connection.get_component_candidates

    async def relays(connection, *args, **more):
        candidates = await gather(connection, *args, **more)
        connection._protocols = [p for p in connection._protocols if p.local_candidate.type == "relay"]
        return [candidate for candidate in candidates if candidate.type == "relay"]

    Connection.get_component_candidates = relays


def ways_in(sdp):
    return sorted({line.split(" typ ")[1].split(" ")[0] for line in sdp.splitlines() if line.startswith("a=candidate:")})


def way_of(transceiver):
    """The type of our own candidate in the pair that ICE chose."""
    protocols = transceiver.receiver.transport.transport._connection._nominated.values()
    return next((pair.local_candidate.type for pair in protocols), None)


def all_through(sdp, port):
    lines = []
    for line in sdp.splitlines():
        if line.startswith("a=candidate:"):
            parts = line.split(" ")
            if parts[2].lower() != "udp" or ":" in parts[4]:
                continue
            parts[4:6] = ["127.0.0.1", str(port)]
            line = " ".join(parts)
        if line not in lines or not line.startswith("a=candidate:"):
            lines.append(line)
    return "\r\n".join(lines) + "\r\n"


async def until_enough(args, figures):
    ended = threading.Event()
    threading.Thread(target=lambda: (sys.stdin.read(), ended.set()), daemon=True).start()
    wanted = {name: int(least) for name, least in (figure.split("=") for figure in args.until)}
    limit = time.monotonic() + args.seconds
    while time.monotonic() < limit:
        now = figures()
        if ended.is_set() and all(now[name] >= least for name, least in wanted.items()):
            return
        await asyncio.sleep(0.05)


async def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("what", choices=["publish", "watch"])
    parser.add_argument("url")
    parser.add_argument("--until", nargs="+", default=[], metavar="FIGURE=LEAST")
    parser.add_argument("--seconds", type=float, default=40)
    parser.add_argument("--codec", default="vp8")
    parser.add_argument("--return", dest="returned", action="store_true")
    parser.add_argument("--data", action="store_true")
    parser.add_argument("--through", type=int)
    parser.add_argument("--turn", nargs=3, metavar=("URL", "USER", "PASSWORD"))
    args = parser.parse_args()

    servers = []
    if args.turn:
        only_relays()
        servers = [RTCIceServer(urls=args.turn[0], username=args.turn[1], credential=args.turn[2])]
    pc = RTCPeerConnection(RTCConfiguration(iceServers=servers))
    sink = Sink()
    messages = []
    camera = None
    if args.what == "publish":
        camera = MovingBlock()
        transceiver = pc.addTransceiver(camera, direction="sendrecv" if args.returned else "sendonly")
        wanted = [c for c in RTCRtpSender.getCapabilities("video").codecs
                  if c.mimeType.lower() in (f"video/{args.codec}", "video/rtx")]
        transceiver.setCodecPreferences(wanted)
    else:
        transceiver = pc.addTransceiver("video", direction="recvonly")

    if args.data:
        channel = pc.createDataChannel("vision")
        channel.on("message", lambda text: messages.append(json.loads(text)))

    @pc.on("track")
    def on_track(track):
        asyncio.ensure_future(sink.drain(track))

    await pc.setLocalDescription(await pc.createOffer())
    began = time.monotonic()
    offer = without_candidates(pc.localDescription.sdp) if args.through else pc.localDescription.sdp
    status, location, answer = await asyncio.get_event_loop().run_in_executor(None, post, args.url, offer)
    if args.through:
        answer = all_through(answer, args.through)
    await pc.setRemoteDescription(RTCSessionDescription(answer, "answer"))

    def detections():
        return [m for m in messages if m.get("type") == "detections"]

    def figures():
        return {
            "sent": camera.sent if camera else 0,
            "received": sink.frames,
            "changes": sink.changes,
            "messages": len(messages),
            "detections": len(detections()),
        }

    await until_enough(args, figures)
    state = pc.connectionState
    way = way_of(transceiver)
    await pc.close()
    base = args.url.split("/wh")[0]
    urllib.request.urlopen(urllib.request.Request(base + location, method="DELETE"), timeout=10)
    print(json.dumps({
        "status": status,
        "location": location,
        "state": state,
        "offered_ways": ways_in(offer),
        "way": way,
        "first_picture_ms": round((sink.first_at - began) * 1000) if sink.first_at else None,
        "longest_gap_ms": round(sink.longest_gap * 1000),
        "width": sink.width,
        "height": sink.height,
        "last": next(iter(detections()[::-1]), None),
        **figures(),
    }))


asyncio.run(main())
sys.exit(0)
