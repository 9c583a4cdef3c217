"""Which processes does a measurement consist of, where do they run, and what do they use?"""

import os
import shutil
import signal
import socket
import subprocess
import time


def require(program, package):
    """The path of a program, installing its Debian package where it is missing."""
    search = os.environ.get("PATH", "") + ":/usr/sbin:/sbin"
    found = shutil.which(program, path=search)
    if found:
        return found
    command = ["apt-get", "install", "-y", "--no-install-recommends", package]
    if os.geteuid() != 0:
        command.insert(0, "sudo")
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    found = shutil.which(program, path=search)
    if not found:
        raise SystemExit(f"{package} does not bring {program}")
    return found


def free_port():
    """A TCP port of loopback that nobody uses at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def pin(core, is_realtime):
    """Ties this process and its children to one core; with real time, nobody else's work comes between."""
    os.sched_setaffinity(0, {core})
    if is_realtime:
        try:
            os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(10))
        except PermissionError:
            pass  # Then neighbours show in the percentiles.


class Process:
    """A program pinned to one core, in its own process group, ended by that group's id."""

    def __init__(self, command, core, log_path, is_realtime=False):
        self.command = command
        self.log_path = log_path

        with open(log_path, "wb") as log:
            self.child = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                preexec_fn=lambda: pin(core, is_realtime), start_new_session=True)

    def wait_for_port(self, port, seconds=15):
        """Returns when something listens at the port; raises with the log's end when nothing does."""
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            if self.child.poll() is not None:
                break
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    return
            time.sleep(0.05)
        with open(self.log_path, "rb") as log:
            tail = log.read()[-2000:].decode(errors="replace")
        raise RuntimeError(f"{' '.join(self.command)} does not listen at {port}:\n{tail}")

    def tree(self):
        """The process ids of this process and all its descendants."""
        parents = {}
        for entry in os.listdir("/proc"):
            if entry.isdigit():
                try:
                    with open(f"/proc/{entry}/stat") as stat:
                        # The name in parentheses may hold anything, blanks included.
                        parents[int(entry)] = int(stat.read().rpartition(")")[2].split()[1])
                except OSError:
                    continue
        found = [self.child.pid]
        for process in found:
            found.extend(child for child, parent in parents.items() if parent == process)
        return found

    def cpu(self):
        """CPU nanoseconds so far of all threads of the tree, io_uring's worker threads included."""
        total = 0
        for process in self.tree():
            try:
                for thread in os.listdir(f"/proc/{process}/task"):
                    with open(f"/proc/{process}/task/{thread}/schedstat") as schedstat:
                        total += int(schedstat.read().split()[0])
            except OSError:
                continue
        return total

    def ticks(self):
        """(user, system) clock ticks so far of the tree; coarse, for the user share only."""
        user, system = 0, 0
        for process in self.tree():
            try:
                with open(f"/proc/{process}/stat") as stat:
                    fields = stat.read().rpartition(")")[2].split()
                    user, system = user + int(fields[11]), system + int(fields[12])
            except OSError:
                continue
        return user, system

    def pss(self):
        """Bytes of memory of the tree, shared pages counted by share."""
        total = 0
        for process in self.tree():
            with open(f"/proc/{process}/smaps_rollup") as rollup:
                for line in rollup:
                    if line.startswith("Pss:"):
                        total += int(line.split()[1]) * 1024
        return total

    def end(self):
        """Ends the whole process group and waits for it."""
        for number in (signal.SIGTERM, signal.SIGKILL):
            try:
                os.killpg(self.child.pid, number)
                self.child.wait(timeout=5)
                return
            except subprocess.TimeoutExpired:
                continue
            except ProcessLookupError:
                return
