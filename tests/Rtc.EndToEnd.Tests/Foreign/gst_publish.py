#!/usr/bin/python3
"""A WHIP publisher made of GStreamer's webrtcbin: a test picture, VP8 or H.264, with a data channel beside it.

  gst_publish.py URL [--detections 10] [--codec vp8|h264] [--offer FILE]

It goes on until so many messages of detections came and its standard input has ended, or --seconds are over.
Prints one JSON object. With --offer the offer is kept in that file. Where GStreamer or a part of it is missing, it says what.
"""
import argparse
import json
import sys
import threading
import urllib.error
import urllib.request

try:
    import gi
    gi.require_version("Gst", "1.0")
    gi.require_version("GstWebRTC", "1.0")
    gi.require_version("GstSdp", "1.0")
    from gi.repository import GLib, Gst, GstSdp, GstWebRTC
    Gst.init(None)
    NEEDED = ("webrtcbin", "vp8enc", "rtpvp8pay", "openh264enc", "rtph264pay", "nicesrc", "dtlsenc", "srtpenc", "sctpenc")
    MISSING = [name for name in NEEDED if Gst.ElementFactory.find(name) is None]
except (ImportError, ValueError) as error:
    MISSING = [str(error)]

PIPELINES = {
    "vp8": "vp8enc deadline=1 cpu-used=8 keyframe-max-dist=3000 target-bitrate=800000 ! rtpvp8pay picture-id-mode=2 ! "
           "application/x-rtp,media=video,encoding-name=VP8,payload=96",
    "h264": "openh264enc complexity=low gop-size=3000 bitrate=800000 ! video/x-h264,profile=constrained-baseline ! rtph264pay config-interval=-1 aggregate-mode=zero-latency ! "
            "application/x-rtp,media=video,encoding-name=H264,payload=102",
}


def description(kind, text):
    _, message = GstSdp.SDPMessage.new_from_text(text)
    return GstWebRTC.WebRTCSessionDescription.new(getattr(GstWebRTC.WebRTCSDPType, kind), message)


class Publisher:
    def __init__(self, args):
        self.args = args
        self.loop = GLib.MainLoop()
        self.status = 0
        self.messages = 0
        self.ended = threading.Event()
        self.states = []
        source = "videotestsrc is-live=true pattern=ball ! video/x-raw,width=640,height=480,framerate=30/1,format=I420 ! queue ! "
        self.pipeline = Gst.parse_launch("webrtcbin name=peer bundle-policy=max-bundle " + source + PIPELINES[args.codec] + " ! peer.")
        self.peer = self.pipeline.get_by_name("peer")
        self.peer.connect("on-negotiation-needed", self.on_negotiation_needed)
        self.peer.connect("notify::ice-gathering-state", self.on_gathering)
        self.peer.connect("notify::connection-state", self.on_state)
        self.pipeline.set_state(Gst.State.READY)
        self.channel = self.peer.emit("create-data-channel", "vision", None)
        self.channel.connect("on-message-string", self.on_message)
        self.offered = False
        self.posted = False

    def look(self):
        if self.ended.is_set() and self.messages >= self.args.detections:
            self.loop.quit()
        return True

    def on_message(self, channel, text):
        self.messages += json.loads(text).get("type") == "detections"

    def on_state(self, peer, _):
        self.states.append(peer.get_property("connection-state").value_nick)

    def on_negotiation_needed(self, peer):
        if self.offered:
            return
        self.offered = True
        transceiver = peer.emit("get-transceiver", 0)
        transceiver.set_property("direction", GstWebRTC.WebRTCRTPTransceiverDirection.SENDONLY)
        transceiver.set_property("do-nack", True)
        peer.emit("create-offer", None, Gst.Promise.new_with_change_func(self.on_offer))

    def on_offer(self, promise):
        # The reply owns the offer and the binding takes it away: what is handed on is a copy, by way of its text.
        reply = promise.get_reply()
        self.peer.emit("set-local-description", description("OFFER", reply.get_value("offer").sdp.as_text()), Gst.Promise.new())

    def on_gathering(self, peer, _):
        if peer.get_property("ice-gathering-state") == GstWebRTC.WebRTCICEGatheringState.COMPLETE and not self.posted:
            self.posted = True
            threading.Thread(target=self.post, daemon=True).start()

    def post(self):
        sdp = self.peer.get_property("local-description").sdp.as_text()
        if self.args.offer:
            with open(self.args.offer, "w", newline="") as file:
                file.write(sdp)
        request = urllib.request.Request(self.args.url, data=sdp.encode(), headers={"Content-Type": "application/sdp"}, method="POST")
        try:
            with urllib.request.urlopen(request, timeout=10) as response:
                self.status, answer = response.status, response.read().decode()
                self.location = response.headers["Location"]
        except urllib.error.HTTPError as error:
            self.status = error.code
            print(error.read().decode(), file=sys.stderr)
            GLib.idle_add(self.loop.quit)
            return
        self.peer.emit("set-remote-description", description("ANSWER", answer), Gst.Promise.new())

    def run(self):
        self.pipeline.set_state(Gst.State.PLAYING)
        threading.Thread(target=lambda: (sys.stdin.read(), self.ended.set()), daemon=True).start()
        GLib.timeout_add(int(self.args.seconds * 1000), self.loop.quit)
        GLib.timeout_add(50, self.look)
        self.loop.run()
        self.pipeline.set_state(Gst.State.NULL)
        if self.status == 201:
            base = self.args.url.split("/wh")[0]
            urllib.request.urlopen(urllib.request.Request(base + self.location, method="DELETE"), timeout=10)
        print(json.dumps({"status": self.status, "states": self.states, "detections": self.messages, "version": Gst.version_string()}))


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("url")
    parser.add_argument("--detections", type=int, default=0)
    parser.add_argument("--seconds", type=float, default=40)
    parser.add_argument("--codec", default="vp8", choices=sorted(PIPELINES))
    parser.add_argument("--offer")
    args = parser.parse_args()
    if MISSING:
        print(json.dumps({"missing": MISSING}))
        return
    Publisher(args).run()


main()
