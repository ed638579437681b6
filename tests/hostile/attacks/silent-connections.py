"""4,500 connections of one address that say nothing, to HTTP"""
import time

from wire import connect, is_closed, request, status


def run(server):
    sockets = []
    for _ in range(4500):
        try:
            sockets.append(connect(server.port, "127.0.0.2", 1.0))
        except OSError:
            pass
        if server.problem():
            break
    time.sleep(2)
    kept = sum(not is_closed(s) for s in sockets)
    if not server.survives_probes():
        return f"health is not answered beside {kept} connections"
    answer = request(server.port, b"GET /api/health/live HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n", "127.0.0.3")
    if status(answer) != 200:
        return f"another address is not served beside {kept} connections"
    return f"one address keeps {kept} connections" if kept > 1100 else None
