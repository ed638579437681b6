"""4,000 WHIP offers of 131,000 bytes of which 1,000 come, from eight addresses"""
import time

from wire import connect, request, send, status

MOST_GROWTH = 200
HEAD = b"POST /whip/demo HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/sdp\r\nContent-Length: %d\r\n\r\n"


def run(server):
    sockets = []
    for i in range(4000):
        try:
            s = connect(server.port, f"127.0.0.{2 + i % 8}")
        except OSError:
            continue
        sockets.append(s)
        send(s, HEAD % 131000 + b"v" * 1000)
        if server.problem():
            break
    time.sleep(2)
    if not server.survives_probes():
        return "health is not answered"
    grown = server.peak() - server.before
    if grown > MOST_GROWTH:
        return f"memory grew by {grown} MiB"
    # The half bodies hold all places; another client takes the oldest one's.
    offer = HEAD.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n") % 3 + b"v=0"
    answer = request(server.port, offer, "127.0.0.20")
    return None if status(answer) == 400 else f"another client is answered {answer[:200]}"
