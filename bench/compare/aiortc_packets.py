#!/usr/bin/python3
"""aiortc's and pylibsrtp's way with the packets that `rtc-micro peer --aiortc` recorded: the steps that its transport and its
receiver take for each, without the event loop around them. Prints processor time a packet, in microseconds, as JSON."""
import json
import socket
import struct
import sys
import time

from aiortc.clock import current_datetime
from aiortc.codecs import depayload
from aiortc.jitterbuffer import JitterBuffer
from aiortc.rtcrtpparameters import RTCRtpCodecParameters
from aiortc.rtcrtpreceiver import NackGenerator, StreamStatistics
from aiortc.rtp import HeaderExtensionsMap, RtpPacket
from pylibsrtp import Policy, Session

ROUNDS = 3
CODEC = RTCRtpCodecParameters(mimeType="video/VP8", clockRate=90000, payloadType=96)


def read(path):
    with open(path, "rb") as file:
        key = file.read(30)
        count, = struct.unpack("!I", file.read(4))
        packets = [[], []]
        for kind in packets:
            for _ in range(count):
                length, = struct.unpack("!H", file.read(2))
                kind.append(file.read(length))
    return key, packets[0], packets[1]


def session(key, inbound):
    policy = Policy(key=key, ssrc_type=Policy.SSRC_ANY_INBOUND if inbound else Policy.SSRC_ANY_OUTBOUND, srtp_profile=Policy.SRTP_PROFILE_AES128_CM_SHA1_80)
    policy.allow_repeat_tx = True
    policy.window_size = 1024
    return Session(policy)


def unprotect_and_parse(key, protected):
    srtp, extensions = session(key, True), HeaderExtensionsMap()
    for data in protected:
        RtpPacket.parse(srtp.unprotect(data), extensions)


def protect(key, clear):
    srtp = session(key, False)
    for data in clear:
        srtp.protect(data)


def protect_and_send(key, clear):
    srtp = session(key, False)
    target = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    target.bind(("127.0.0.1", 0))
    sender = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    address = target.getsockname()
    for data in clear:
        sender.sendto(srtp.protect(data), address)
    sender.close()
    target.close()


def receive_frames(key, protected):
    srtp, extensions = session(key, True), HeaderExtensionsMap()
    statistics, nacks, jitter, sources = StreamStatistics(90000), NackGenerator(), JitterBuffer(capacity=128, is_video=True), {}
    frames = 0
    for data in protected:
        packet = RtpPacket.parse(srtp.unprotect(data), extensions)
        sources[packet.ssrc] = current_datetime()
        statistics.add(packet)
        nacks.add(packet)
        packet._data = depayload(CODEC, packet.payload)
        _, frame = jitter.add(packet)
        frames += frame is not None
    return frames


def best(function, *arguments):
    times = []
    for _ in range(ROUNDS):
        began = time.process_time()
        function(*arguments)
        times.append(time.process_time() - began)
    return min(times)


def main():
    key, clear, protected = read(sys.argv[1])
    count = len(clear)
    frames = receive_frames(key, protected)
    assert frames > count / 4 - 10, frames
    micros = {name: round(best(function, key, packets) / count * 1e6, 2) for name, function, packets in (
        ("unprotect + parse", unprotect_and_parse, protected),
        ("protect", protect, clear),
        ("protect + send", protect_and_send, clear),
        ("packets to frames", receive_frames, protected),
    )}
    print(json.dumps(micros))


main()
