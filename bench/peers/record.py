"""How are measurements written down, so that a later reader can judge them?"""

import json
import os
import platform
import statistics
import subprocess

from targets import DIFFERENCES


def machine():
    """What the figures depend on and cannot be changed by us."""
    model, memory = "unknown", 0
    with open("/proc/cpuinfo") as cpuinfo:
        for line in cpuinfo:
            if line.startswith("model name"):
                model = line.split(":")[1].strip()
                break
    with open("/proc/meminfo") as meminfo:
        memory = int(meminfo.readline().split()[1]) // (1 << 20)
    return {"cpu": model, "cores": os.cpu_count(), "memory_gib": memory, "kernel": platform.release(),
            "load": os.getloadavg()[0]}


def version_of(name, binaries):
    """The version a target says it has."""
    commands = {
        "nginx": ["nginx", "-v"], "haproxy": ["haproxy", "-v"],
        "tollgate": [binaries.get("tollgate", ""), "--version"],
        "relay": [binaries["loadtest"], "--version"],
    }
    if name == "pingora":
        return "0.9.1"
    environment = dict(os.environ, PATH=os.environ.get("PATH", "") + ":/usr/sbin:/sbin")
    try:
        done = subprocess.run(commands[name], capture_output=True, text=True, env=environment)
        return (done.stdout + done.stderr).splitlines()[0].strip()
    except (OSError, IndexError):
        return "unknown"


def spread(values):
    """Median, least and most."""
    return {"median": statistics.median(values), "min": min(values), "max": max(values)}


def text_of(spread_, digits=1):
    return f"{spread_['median']:.{digits}f} ({spread_['min']:.{digits}f}–{spread_['max']:.{digits}f})"


def table(scenario, results):
    """The Markdown table of one scenario."""
    if scenario.generator == "idle":
        return idle_table(results)
    reference = results.get(scenario.reference, {}).get("cpu_us")
    has_latency = scenario.generator == "open"
    head = ["target", "CPU µs/request", "requests/s per core", f"× {scenario.reference}", "user %", "requests/s seen"]
    head += ["p50 µs", "p99 µs", "p99.9 µs"] if has_latency else []
    lines = [head, ["---"] * len(head)]
    for name, result in results.items():
        if "failed" in result:
            lines.append([name, f"not measured: {result['failed']}"] + [""] * (len(head) - 2))
            continue
        cpu = result["cpu_us"]
        ratio = f"{cpu['median'] / reference['median']:.2f}" if reference else ""
        line = [name, text_of(cpu), f"{1e6 / cpu['median']:,.0f}", ratio, f"{result['user_percent']:.0f}",
                f"{result['rps']['median']:,.0f}"]
        if has_latency:
            line += [text_of(result[key], 0) for key in ("p50_us", "p99_us", "p999_us")]
        if result["errors"]:
            line[0] += f" ({result['errors']} errors!)"
        lines.append(line)
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def idle_table(results):
    lines = ["| target | PSS before MB | with connections MB | KB per connection |", "| --- | --- | --- | --- |"]
    for name, result in results.items():
        if "failed" in result:
            lines.append(f"| {name} | not measured: {result['failed']} | | |")
            continue
        lines.append(f"| {name} | {result['before'] / 1e6:.1f} | {result['after'] / 1e6:.1f} "
                     f"| {result['per_connection'] / 1024:.2f} |")
    return "\n".join(lines)


def write(folder, stamp, settings, versions, measured):
    """Writes the record as Markdown and JSON; gives the path of the first."""
    facts = machine()
    path = os.path.join(folder, f"{stamp}-peers")
    with open(path + ".json", "w") as file:
        json.dump({"stamp": stamp, "machine": facts, "settings": settings, "versions": versions,
                   "scenarios": {scenario.name: results for scenario, results in measured}}, file, indent=1)
        file.write("\n")
    lines = [f"# Peers, {stamp}", "",
             f"{facts['cpu']}, {facts['cores']} cores, {facts['memory_gib']} GiB, Linux {facts['kernel']}; "
             f"load {facts['load']:.1f} at the end (the programs measured make about 2). {settings['repetitions']} repetitions of "
             f"{settings['seconds']} s each, interleaved; median (min–max).", "",
             "CPU µs/request is CPU time of the target's whole process tree (`/proc/PID/task/*/schedstat`) divided by "
             "requests completed. Generator, origin and target share core 0 except where a title says two cores; "
             "× is the ratio to nginx's CPU time in the same scenario, so below 1 is cheaper than nginx. The open loop runs "
             "with SCHED_FIFO where that is allowed.", ""]
    for scenario, results in measured:
        lines += [f"## {scenario.name}: {scenario.title}", "", table(scenario, results), ""]
    lines += ["## Versions, and what is on in one target and not in the other", "",
              "| target | version | differs by |", "| --- | --- | --- |"]
    lines += [f"| {name} | {version} | {DIFFERENCES[name]} |" for name, version in versions.items()]
    with open(path + ".md", "w") as file:
        file.write("\n".join(lines) + "\n")
    return path + ".md"
