"""What attacks share: plain sockets from a chosen loopback address, HTTP as bytes, and a hub socket."""
import base64
import os
import socket
import struct

HUB_END = b"\x1e"


def connect(port, source=None, patience=5.0):
    s = socket.socket()
    s.settimeout(patience)
    if source:
        s.bind((source, 0))
    s.connect(("127.0.0.1", port))
    return s


def send(sock, data):
    """False where the server has closed the connection."""
    try:
        sock.sendall(data)
        return True
    except OSError:
        return False


def is_closed(sock):
    """Whether the server has ended it by now; anything that it said first is passed over."""
    sock.settimeout(0)
    try:
        while sock.recv(65536):
            pass
        return True
    except BlockingIOError:
        return False
    except OSError:
        return True


def request(port, data, source=None, patience=5.0):
    """The whole answer to one request, as bytes; empty where the connection was closed without one."""
    answer = b""
    try:
        with connect(port, source, patience) as s:
            s.sendall(data)
            while chunk := s.recv(65536):
                answer += chunk
    except OSError:
        pass
    return answer


def status(answer):
    return int(answer[9:12]) if answer.startswith(b"HTTP/1.1 ") else 0


def open_hub(port, source=None):
    """A hub socket after SignalR's handshake, without negotiation; None where it is refused."""
    s = None
    try:
        s = connect(port, source)
        key = base64.b64encode(os.urandom(16)).decode()
        s.sendall(f"GET /hub HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: {key}\r\nSec-WebSocket-Version: 13\r\n\r\n".encode())
        head = b""
        while b"\r\n\r\n" not in head:
            chunk = s.recv(4096)
            if not chunk:
                raise OSError("closed")
            head += chunk
        if status(head) != 101:
            raise OSError("refused")
        send(s, frame(b'{"protocol":"json","version":1}' + HUB_END))
        return s
    except OSError:
        if s:
            s.close()
        return None


def frame(payload, end=True):
    """One WebSocket frame of text, masked as a client's are; the mask is nothing, so the payload stays readable."""
    head = bytes([0x81 if end else 0x01])
    n = len(payload)
    head += bytes([0x80 | n]) if n < 126 else bytes([0x80 | 126]) + struct.pack("!H", n) if n < 65536 else bytes([0x80 | 127]) + struct.pack("!Q", n)
    return head + bytes(4) + payload
