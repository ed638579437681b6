"""1,000 downloads of 1 MiB from two addresses, never read"""
import time

from wire import connect, send

MOST_GROWTH = 200


def run(server):
    sockets = []
    for i in range(1000):
        try:
            s = connect(server.port, f"127.0.0.{2 + i % 2}")
        except OSError:
            continue
        sockets.append(s)
        send(s, b"GET /api/echo?bytes=1048576 HTTP/1.1\r\nHost: localhost\r\n\r\n")
        if server.problem():
            break
    time.sleep(2)
    if not server.survives_probes():
        return "health is not answered"
    grown = server.peak() - server.before
    return f"memory grew by {grown} MiB" if grown > MOST_GROWTH else None
