"""One server under attack: a process in a memory cgroup of 1 GiB, or watched against the same bound where none can be made."""
import json
import os
import pathlib
import resource
import shutil
import signal
import socket
import subprocess
import tempfile
import threading
import time
import urllib.request

ROOT = pathlib.Path(__file__).resolve().parents[2]
PROGRAM = os.environ.get("RTC_PROGRAM", str(ROOT / "src/Rtc.Server/bin/Release/net10.0/rtc.dll"))
LIMIT = 1 << 30
MIB = 1 << 20


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def mounts_of(kind):
    """Where file systems of this kind are mounted."""
    return [pathlib.Path(fields[1]) for fields in (line.split() for line in pathlib.Path("/proc/self/mounts").read_text().splitlines()) if fields[2] == kind]


def own_group(controller):
    """This process' own group in the hierarchy of a version 1 controller, or in version 2's where it is empty."""
    for line in pathlib.Path("/proc/self/cgroup").read_text().splitlines():
        _, controllers, path = line.split(":", 2)
        if controller in controllers.split(","):
            return path.lstrip("/")
    return ""


def parents():
    """Groups below which one with a limit of memory can be made, with the names of the limits of memory and of swap.

    In version 2 a group has its limit where its parent hands the controller on (cgroup.subtree_control), and a group that
    holds processes hands none on unless it is the root: so an ancestor of our own has to be found that does.
    """
    yield pathlib.Path("/sys/fs/cgroup/memory") / own_group("memory"), "memory.limit_in_bytes", ("memory.memsw.limit_in_bytes", str(LIMIT))
    for mount in mounts_of("cgroup2"):
        own = mount / own_group("")
        for group in [own, *own.parents]:
            control = group / "cgroup.subtree_control"
            if control.exists() and "memory" in control.read_text().split():
                yield group, "memory.max", ("memory.swap.max", "0")
            if group == mount:
                break


def set_value(path, value):
    """Never makes the file: where there is none, this is no group with that controller."""
    file = os.open(path, os.O_WRONLY)
    try:
        os.write(file, value.encode())
    finally:
        os.close(file)


class Cgroup:
    """A memory cgroup below this process' own, or below the nearest ancestor that hands the controller on: version 1 where memory is there, else 2."""

    def __init__(self, path, limit, swap):
        self.path = path
        path.mkdir()
        set_value(path / limit, str(LIMIT))
        name, value = swap
        if (path / name).exists():
            set_value(path / name, value)

    @staticmethod
    def make():
        """None and the reason where this machine gives none."""
        name = f"rtc-hostile-{os.getpid()}-{time.monotonic_ns()}"
        reason = "no memory controller"
        for parent, limit, swap in parents():
            made = parent / name
            try:
                return Cgroup(made, limit, swap), None
            except OSError as error:
                reason = f"{parent}: {error.strerror}"
                if made.is_dir():
                    made.rmdir()
        return None, reason

    def enter(self):
        set_value(self.path / "cgroup.procs", "0")

    def close(self):
        for _ in range(100):
            try:
                self.path.rmdir()
                return
            except OSError:
                time.sleep(0.05)


class Server:
    def __init__(self, options, files):
        self.port, self.media, self.health = free_port(), free_port(), free_port()
        self.options, self.files = options, files
        self.before, self.exit = 0, None
        self._peak, self._problem, self._end = 0, None, threading.Event()

    def __enter__(self):
        self.cgroup, reason = Cgroup.make()
        self.measure = "cgroup of 1 GiB" if self.cgroup else f"resident, no cgroup: {reason}"
        self.state = tempfile.mkdtemp(prefix="rtc-hostile-")
        self.log = open(os.path.join(self.state, "log"), "wb")
        environment = dict(os.environ, RTC__HTTP__STATEDIRECTORY=self.state, RTC__HTTP__HEALTHPORT=str(self.health),
                           RTC__LIMITS__APIPERMINUTE="1000000", RTC__LIMITS__JOINSPERMINUTE="1000000", RTC__LIMITS__OFFERSPERMINUTE="1000000", **self.options)
        if os.environ.get("RTC_HOSTILE_NO_HEALTH_PORT"):
            del environment["RTC__HTTP__HEALTHPORT"]
            self.health = self.port
        self.process = subprocess.Popen(
            ["dotnet", PROGRAM, "serve", "--host", "127.0.0.1", "--no-tls", "--model", "motion", "--port", str(self.port), "--media-port", str(self.media)],
            cwd=ROOT, env=environment, stdin=subprocess.DEVNULL, stdout=self.log, stderr=self.log, preexec_fn=self._prepare)
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline and self.process.poll() is None and not self.healthy():
            time.sleep(0.1)
        if self.process.poll() is not None:
            self._problem = f"the server did not start: {self.said()}"
        else:
            time.sleep(1.5)  # what the start leaves behind is given back within this
            self.before = self._peak = self.memory()
            threading.Thread(target=self._watch, daemon=True).start()
        return self

    def __exit__(self, *_):
        self._end.set()
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(15)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        self.log.close()
        if os.environ.get("RTC_HOSTILE_LOG"):
            print(open(self.log.name, errors="replace").read())
        shutil.rmtree(self.state, ignore_errors=True)
        if self.cgroup:
            self.cgroup.close()

    def _prepare(self):
        if self.cgroup:
            self.cgroup.enter()
        if self.files:
            resource.setrlimit(resource.RLIMIT_NOFILE, (self.files, self.files))

    def _watch(self):
        while not self._end.wait(0.05):
            self._peak = max(self._peak, self.memory())
            if self._peak * MIB > LIMIT:
                self.process.kill()

    def memory(self):
        """MiB of the process itself; the cgroup counts the page cache of files besides."""
        try:
            status = pathlib.Path(f"/proc/{self.process.pid}/status").read_text()
            return int(status.split("VmRSS:")[1].split()[0]) // 1024
        except (OSError, IndexError):
            return 0

    def peak(self):
        return self._peak

    def said(self):
        self.log.flush()
        return pathlib.Path(self.log.name).read_text(errors="replace").strip()[-300:].replace("\n", " | ")

    def healthy(self, patience=2.0, port=None):
        """Whether the health listener answers; `port` asks another one."""
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port or self.health}/api/health/live", timeout=patience) as answer:
                return json.load(answer)["status"] == "live"
        except (OSError, ValueError, KeyError):
            return False

    def survives_probes(self):
        """Whether an orchestrator would leave it alone: three probes without an answer, of three seconds each, end a server."""
        return any(self.healthy(3.0) for _ in range(3))

    def problem(self):
        """What is wrong with the server by now, None where nothing is."""
        if self._problem is None and self.process.poll() is not None:
            self._problem = f"the server ended with {self.process.returncode}: {self.said()}"
        return self._problem
