#!/usr/bin/python3
"""The server that most people would write in Python: aiortc with OpenCV's DNN on the same ONNX file.

  aiortc_server.py --port 9080 [--model yolox_nano.onnx]

POST /whip/{room}?mode=plain|annotate  takes an offer, returns the pictures (plain: decoded and encoded again;
annotate: with boxes drawn) and, on the data channel "vision", one JSON message a picture. It keeps only the newest
picture for detection, as a careful author would.
"""
import argparse
import asyncio
import json
import time

import av
import cv2
import numpy
from aiohttp import web
from aiortc import MediaStreamTrack, RTCPeerConnection, RTCSessionDescription

SIZE = 416
peers = set()


class Detector:
    def __init__(self, path):
        self.net = cv2.dnn.readNetFromONNX(path)
        cells, strides = [], []
        for stride in (8, 16, 32):
            n = SIZE // stride
            ys, xs = numpy.mgrid[0:n, 0:n]
            cells.append(numpy.stack((xs, ys), 2).reshape(-1, 2))
            strides.append(numpy.full((n * n, 1), stride))
        self.cells = numpy.concatenate(cells)
        self.strides = numpy.concatenate(strides)

    def detect(self, image):
        height, width = image.shape[:2]
        scale = min(SIZE / height, SIZE / width)
        small = cv2.resize(image, (int(width * scale), int(height * scale)))
        padded = numpy.full((SIZE, SIZE, 3), 114, numpy.uint8)
        padded[:small.shape[0], :small.shape[1]] = small
        self.net.setInput(padded.transpose(2, 0, 1)[None].astype(numpy.float32))
        out = self.net.forward()[0]
        centers = (out[:, :2] + self.cells) * self.strides
        sizes = numpy.exp(out[:, 2:4]) * self.strides
        scores = out[:, 4:5] * out[:, 5:]
        classes = scores.argmax(1)
        best = scores[numpy.arange(len(classes)), classes]
        keep = best > 0.25
        boxes = numpy.concatenate((centers - sizes / 2, sizes), 1)[keep] / scale
        chosen = cv2.dnn.NMSBoxes(boxes.tolist(), best[keep].tolist(), 0.25, 0.45)
        return [(boxes[i], int(classes[keep][i]), float(best[keep][i])) for i in numpy.array(chosen).flatten()]


class Returned(MediaStreamTrack):
    kind = "video"

    def __init__(self, source, detector, annotate, say):
        super().__init__()
        self.source, self.detector, self.annotate, self.say = source, detector, annotate, say
        self.newest = None
        self.arrived = asyncio.Event()
        self.id_ = 0
        if detector:
            asyncio.ensure_future(self.pump())

    async def pump(self):
        while True:
            try:
                frame = await self.source.recv()
            except Exception:
                return
            self.newest = (frame, time.time() * 1000)
            self.arrived.set()

    async def recv(self):
        if not self.detector:
            return await self.source.recv()
        return await self.next()

    async def next(self):
        await self.arrived.wait()
        self.arrived.clear()
        frame, received = self.newest
        image = frame.to_ndarray(format="bgr24")
        began = time.time() * 1000
        found = await asyncio.get_event_loop().run_in_executor(None, self.detector.detect, image)
        done = time.time() * 1000
        self.id_ += 1
        self.say({
            "type": "detections", "room": "bench", "frame_id": self.id_, "rtp_timestamp": frame.pts & 0xFFFFFFFF,
            "capture_ts": None, "recv_ts": received, "inference_ts": done, "width": frame.width, "height": frame.height,
            "model": "yolox-nano", "provider": "opencv-dnn", "level": "optimal", "target_id": None, "mask": None,
            "detections": [{"track_id": i, "label": str(c), "score": s, "xmin": b[0] / frame.width, "ymin": b[1] / frame.height,
                            "xmax": (b[0] + b[2]) / frame.width, "ymax": (b[1] + b[3]) / frame.height, "predicted": False}
                           for i, (b, c, s) in enumerate(found)],
            "timings_ms": {"queue": began - received, "detect": done - began, "track": 0, "mask": 0},
        })
        if not self.annotate:
            return frame
        for box, _, _ in found:
            x, y, w, h = (int(v) for v in box)
            cv2.rectangle(image, (x, y), (x + w, y + h), (0, 255, 0), 2)
        drawn = av.VideoFrame.from_ndarray(image, format="bgr24")
        drawn.pts, drawn.time_base = frame.pts, frame.time_base
        return drawn


async def whip(request):
    annotate = request.query.get("mode") == "annotate"
    detects = request.app["detector"] if annotate or request.query.get("results") == "1" else None
    pc = RTCPeerConnection()
    peers.add(pc)
    channels = []

    @pc.on("datachannel")
    def on_channel(channel):
        channels.append(channel)

    def say(message):
        for channel in channels:
            if channel.readyState == "open":
                channel.send(json.dumps(message))

    @pc.on("track")
    def on_track(track):
        returned = Returned(track, detects, annotate, say)
        if any(t.receiver and t.receiver.track is track and t._offerDirection == "sendrecv" for t in pc.getTransceivers()):
            pc.addTrack(returned)
        else:
            asyncio.ensure_future(consume(returned))

    async def consume(track):
        while True:
            try:
                await track.recv()
            except Exception:
                return

    await pc.setRemoteDescription(RTCSessionDescription(await request.text(), "offer"))
    await pc.setLocalDescription(await pc.createAnswer())
    return web.Response(status=201, text=pc.localDescription.sdp, content_type="application/sdp", headers={"Location": f"/whip/x/{id(pc)}"})


async def gone(request):
    for pc in list(peers):
        if str(id(pc)) == request.match_info["id"]:
            peers.discard(pc)
            await pc.close()
    return web.Response()


async def ready(request):
    return web.json_response({"status": "ready"})


parser = argparse.ArgumentParser()
parser.add_argument("--port", type=int, default=9080)
parser.add_argument("--model")
args = parser.parse_args()
app = web.Application()
app["detector"] = Detector(args.model) if args.model else None
app.router.add_post("/whip/{room}", whip)
app.router.add_delete("/whip/{room}/{id}", gone)
app.router.add_get("/api/health/ready", ready)
web.run_app(app, host="127.0.0.1", port=args.port, print=None)
