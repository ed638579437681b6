"""One WHIP offer with 48 candidates that point at a stranger, who answers nothing"""
import socket
import time

from wire import request, status

SECONDS = 60
WATCHED = 25
MOST_CHECKS = 10
MOST_FACTOR = 3
OFFER = "\r\n".join([
    "v=0", "o=- 1 1 IN IP4 127.0.0.1", "s=-", "t=0 0", "a=group:BUNDLE 0", "m=video 9 UDP/TLS/RTP/SAVPF 96", "c=IN IP4 0.0.0.0", "a=mid:0", "a=sendonly", "a=rtcp-mux",
    "a=ice-ufrag:abcd", "a=ice-pwd:abcdefghijklmnopqrstuvwx", "a=setup:actpass", "a=fingerprint:sha-256 " + ":".join(["AB"] * 32), "a=rtpmap:96 VP8/90000",
    "a=ssrc:1 cname:x", ""])


def run(server):
    # One socket stands for 48 addresses of the loopback network.
    stranger = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    stranger.bind(("0.0.0.0", 0))
    port = stranger.getsockname()[1]
    offer = (OFFER + "".join(f"a=candidate:{i} 1 udp {2130706431 - i} 127.0.1.{i} {port} typ host\r\n" for i in range(1, 49))).encode()
    answer = request(server.port, b"POST /whip/demo HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/sdp\r\nConnection: close\r\nContent-Length: %d\r\n\r\n" % len(offer) + offer)
    if status(answer) != 201:
        return f"the offer was answered {answer[:200]}"
    checks = sent = 0
    until = time.monotonic() + WATCHED
    while (left := until - time.monotonic()) > 0:
        stranger.settimeout(left)
        try:
            sent += len(stranger.recv(2048))
            checks += 1
        except TimeoutError:
            break
    stranger.close()
    factor = sent / len(offer)
    print(f"       {checks} checks, {sent} bytes for an offer of {len(offer)}: {factor:.2f}")
    if not server.survives_probes():
        return "health is not answered"
    return None if 0 < checks <= MOST_CHECKS and factor < MOST_FACTOR else f"{checks} checks and {factor:.1f} times the offer's bytes reached a stranger"
