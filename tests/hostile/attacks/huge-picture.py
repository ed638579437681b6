"""Four publishers of 4096×2304 that watch their own annotated pictures"""
import os
import pathlib
import re
import subprocess

from server import ROOT
from wire import request

BENCH = pathlib.Path(os.environ.get("RTC_BENCH", ROOT / "bench/Rtc.Bench/bin/Release/net10.0/rtc-bench.dll"))
WIDTH, HEIGHT = 4096, 2304
PUBLISHERS = 4
SECONDS = 120
OPTIONS = {"RTC__LIMITS__MAXPIXELS": str(WIDTH * HEIGHT), "RTC__LIMITS__MEMORYMEGABYTES": "1024"}


def missing():
    return None if BENCH.exists() else f"{BENCH} is not built"


def run(server):
    command = ["dotnet", str(BENCH), "run", "--url", f"http://127.0.0.1:{server.port}", "--users", str(PUBLISHERS), "--duration", "20", "--warmup", "1",
               "--width", str(WIDTH), "--height", str(HEIGHT), "--fps", "4", "--bitrate", "4000"]
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as publishers:
        healthy = 0
        while publishers.poll() is None:
            if server.problem():
                publishers.kill()
                return None
            healthy += server.survives_probes()
            try:
                publishers.wait(1)
            except subprocess.TimeoutExpired:
                pass
    if healthy == 0 or not server.survives_probes():
        return "health is not answered"
    page = request(server.port, b"GET /metrics HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n").decode(errors="replace")
    refused = re.search(r'^rtc_refused_total\{[^}]*reason="picture"[^}]*\} (\d+)', page, re.MULTILINE)
    return None if refused and int(refused.group(1)) > 0 else "no publisher was refused for the size of its pictures"
