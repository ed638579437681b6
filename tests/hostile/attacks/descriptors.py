"""1,200 connections to a server that may open 320 files"""
import time

from wire import connect, is_closed, request, status

FILES = 320


def run(server):
    sockets = []
    for i in range(1200):
        for port in (server.port, server.media):
            try:
                sockets.append(connect(port, f"127.0.0.{2 + i % 8}", 1.0))
            except OSError:
                pass
        if server.problem():
            return None
    time.sleep(2)
    if not server.survives_probes():
        return "health is not answered"
    for s in sockets:
        s.close()
    time.sleep(1)
    answer = request(server.port, b"GET /viewer HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n", "127.0.0.20")
    return None if status(answer) in (200, 404) else "it does not serve when the others are gone"
