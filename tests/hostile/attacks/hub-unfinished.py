"""2,000 hub sockets with 190,000 bytes of a message that has no end, before Join, from eight addresses"""
import time

from wire import frame, open_hub, send

MOST_GROWTH = 200


def run(server):
    sockets = []
    for i in range(2000):
        s = open_hub(server.port, f"127.0.0.{2 + i % 8}")
        if s:
            sockets.append(s)
            send(s, frame(b'{"type":1,"target":"Join","arguments":["' + b"x" * 190_000, end=False))
        if server.problem():
            break
    time.sleep(2)
    if not server.survives_probes():
        return "health is not answered"
    grown = server.peak() - server.before
    if grown > MOST_GROWTH:
        return f"memory grew by {grown} MiB"
    return None if open_hub(server.port, "127.0.0.20") else "another client gets no hub socket"
