#!/usr/bin/env python3
"""What does a request cost tollgate, and what does it cost its peers, measured side by side?

    bench/peers/bench.py [--quick] [--only plain,tls] [--targets tollgate,nginx] [--with pingora]

Needs Linux, two cores and nothing else running. Programs that are missing are installed with
apt-get. The record goes to bench/records/.
"""

import argparse
import datetime
import os
import resource
import signal
import subprocess
import sys
import tempfile

import record
import scenarios
import targets
from processes import Process, free_port, require

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="a subset in about a minute")
    parser.add_argument("--only", help="scenarios, comma separated: " + ", ".join(s.name for s in scenarios.SCENARIOS))
    parser.add_argument("--targets", help="targets, comma separated; others are left out")
    parser.add_argument("--with", dest="extra", default="", help="pingora: build and measure it too")
    parser.add_argument("--repetitions", type=int, help="measurements of each target (default 5, quick 2)")
    parser.add_argument("--seconds", type=int, help="length of each measurement (default 2, quick 1)")
    parser.add_argument("--records", default=os.path.join(ROOT, "bench", "records"), help="where the record goes")
    parser.add_argument("--build", action=argparse.BooleanOptionalAction, default=True, help="build what is measured")
    options = parser.parse_args()
    options.repetitions = options.repetitions or (2 if options.quick else 5)
    options.seconds = options.seconds or (1 if options.quick else 2)
    return options


def chosen(options):
    """The scenarios with the targets left in each."""
    only = options.only.split(",") if options.only else None
    known = {scenario.name for scenario in scenarios.SCENARIOS}
    if only and not known.issuperset(only):
        raise SystemExit(f"unknown scenario in --only {options.only}; there are {', '.join(sorted(known))}")
    wanted = options.targets.split(",") if options.targets else None
    for scenario in scenarios.SCENARIOS:
        if (only and scenario.name not in only) or (options.quick and not only and not scenario.quick):
            continue
        scenario.targets = [
            name for name in scenario.targets
            if (wanted is None or name in wanted or name.split("-")[0] in wanted)
            and (name != "pingora" or "pingora" in options.extra)]
        if scenario.targets:
            yield scenario


def build(options, names):
    """The paths of our binaries, built one by one, because features of one must not leak into another."""
    profile = os.path.join(os.environ.get("CARGO_TARGET_DIR", os.path.join(ROOT, "target")), "release")
    binaries = {"loadtest": os.path.join(profile, "tollgate-loadtest"), "tollgate": os.path.join(profile, "tollgate"),
                "pingora": os.path.join(ROOT, "bench", "peers", "pingora", "target", "release", "pingora-peer")}
    if options.build:
        program = os.environ.get("CARGO", "cargo")
        cargo = [os.path.join(ROOT, program) if "/" in program else program, "build", "--release", "--locked"]
        subprocess.run(cargo + ["-p", "tollgate-loadtest"], cwd=ROOT, check=True)
        if "tollgate" in names:
            subprocess.run(cargo + ["-p", "tollgate"], cwd=ROOT, check=True)
        if "pingora" in names:
            require("pkg-config", "pkg-config")
            subprocess.run(cargo[:3], cwd=os.path.join(ROOT, "bench", "peers", "pingora"), check=True)
    return binaries


def certificate(work):
    """A P-256 certificate, in the forms the targets want it."""
    openssl = require("openssl", "openssl")
    subprocess.run([openssl, "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
                    "-keyout", f"{work}/key.pem", "-out", f"{work}/cert.pem", "-days", "30", "-subj", "/CN=localhost",
                    "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1"], check=True, stderr=subprocess.DEVNULL)
    with open(f"{work}/both.pem", "w") as both:
        for part in ("cert", "key"):
            with open(f"{work}/{part}.pem") as file:
                both.write(file.read())


def origin(scenario, binaries, work):
    """Starts the scenario's origin beside the generator."""
    core = 1 if scenario.generator == "open" else 0
    port = free_port()
    kind = ["--plain"] if scenario.origin == "plain" else []
    process = Process([binaries["loadtest"], "origin", "--listen", f"127.0.0.1:{port}"] + kind, core,
                      f"{work}/origin-{port}.log", scenario.is_realtime)
    process.wait_for_port(port)
    return process, port


def measure(scenario, options, binaries, work):
    """Starts all targets, then measures each in turn, again and again."""
    behind, origin_port = origin(scenario, binaries, work)
    setting = targets.Setting(work, binaries, origin_port, scenario.tls, scenario.is_realtime)
    running, results = {}, {}
    try:
        for name in scenario.targets:
            try:
                running[name] = targets.start(name, setting)
                scenarios.check(scenario, running[name][1])
                # Not measured: connections to the origin open, caches fill.
                if scenario.generator != "idle":
                    scenarios.drive(scenario, running[name][1], 1, binaries)
            except (RuntimeError, OSError, subprocess.SubprocessError) as error:
                fail(results, running, name, error)
        if scenario.generator == "idle":
            measure_idle(scenario, running, results)
        else:
            measure_turns(scenario, options, binaries, running, results)
    finally:
        for process, _ in running.values():
            process.end()
        behind.end()
    return {name: results[name] for name in scenario.targets}


def fail(results, running, name, error):
    text = str(error).strip().splitlines()
    results[name] = {"failed": text[0] if text else repr(error)}
    print(f"  {name}: {error}", file=sys.stderr)
    if name in running:
        running.pop(name)[0].end()


def measure_idle(scenario, running, results):
    for name, (process, port) in list(running.items()):
        try:
            results[name] = scenarios.hold_idle(scenario, port, process)
        except (RuntimeError, OSError) as error:
            fail(results, running, name, error)


def measure_turns(scenario, options, binaries, running, results):
    turns = {name: [] for name in running}
    for _ in range(options.repetitions):
        for name in list(running):
            process, port = running[name]
            cpu, ticks = process.cpu(), process.ticks()
            try:
                turn = scenarios.drive(scenario, port, options.seconds, binaries)
            except (RuntimeError, OSError, ValueError, TypeError, subprocess.SubprocessError) as error:
                fail(results, running, name, error)
                continue
            turn["cpu_us"] = (process.cpu() - cpu) / 1000 / max(turn["requests"], 1)
            turn["user"], turn["system"] = (now - then for now, then in zip(process.ticks(), ticks))
            turns[name].append(turn)
    for name in running:
        results[name] = summary(turns[name])


def summary(turns):
    found = {key: record.spread([turn[key] for turn in turns])
             for key in ("cpu_us", "rps", "p50_us", "p99_us", "p999_us") if key in turns[0]}
    user, system = sum(turn["user"] for turn in turns), sum(turn["system"] for turn in turns)
    found["user_percent"] = 100 * user / max(user + system, 1)
    found["errors"] = sum(turn["errors"] for turn in turns)
    found["warnings"] = sorted({warning for turn in turns for warning in turn.get("warnings", [])})
    return found


def raise_descriptor_limit():
    """Room for 10,000 connections on both sides, as far as we may."""
    wanted = 65536
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    try:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, max(wanted, hard)))
    except (ValueError, PermissionError):
        resource.setrlimit(resource.RLIMIT_NOFILE, (min(wanted, hard), hard))


def main():
    options = arguments()
    selected = list(chosen(options))
    names = sorted({name.split("-")[0] for scenario in selected for name in scenario.targets})
    raise_descriptor_limit()
    # Ended from outside, it ends what it started.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    binaries = build(options, names)
    measured = []
    with tempfile.TemporaryDirectory(prefix="tollgate-peers-") as work:
        # nginx's worker is another user.
        os.chmod(work, 0o755)
        certificate(work)
        for scenario in selected:
            print(f"\n## {scenario.name}: {scenario.title}\n", flush=True)
            results = measure(scenario, options, binaries, work)
            measured.append((scenario, results))
            print(record.table(scenario, results), flush=True)
    versions = {name: record.version_of(name, binaries) for name in names}
    stamp = datetime.datetime.now().strftime("%Y-%m-%d-%H%M")
    settings = {"repetitions": options.repetitions, "seconds": options.seconds, "quick": options.quick}
    os.makedirs(options.records, exist_ok=True)
    print("\nrecord:", os.path.relpath(record.write(options.records, stamp, settings, versions, measured)))


if __name__ == "__main__":
    main()
