#!/usr/bin/env python3
"""Starts a completion server in place of the one it started before: a reload command for servers that load no other model.

    reloadCommand: [cluster/python/serve.py, --name, main, --, vllm, serve, "{directory}", --served-model-name, "{policy}"]

It ends the server of that name (SIGTERM, after 30 s SIGKILL), starts the command as a daemon whose output goes to NAME.log, and
returns; Reprise then asks until the server shows the new policy. Process ids and logs lie in --state, by default
$XDG_RUNTIME_DIR or /tmp, in reprise-serve-UID.
"""
import argparse, os, pathlib, signal, subprocess, sys, time


def is_same(pid, began):  # The process, and not another that has its number now.
    try:
        with open(f"/proc/{pid}/stat") as file:
            fields = file.read().rpartition(")")[2].split()
        return fields[19] == began and fields[0] != "Z"
    except OSError:
        return False


def began(pid):
    with open(f"/proc/{pid}/stat") as file:
        return file.read().rpartition(")")[2].split()[19]


def stop(record):
    try:
        pid, start = record.read_text().split()
    except (OSError, ValueError):
        return
    pid = int(pid)
    for sent, patience in ((signal.SIGTERM, 30), (signal.SIGKILL, 10)):
        if not is_same(pid, start):
            return
        try:
            os.killpg(pid, sent)
        except ProcessLookupError:
            return
        end = time.monotonic() + patience
        while is_same(pid, start) and time.monotonic() < end:
            time.sleep(0.05)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--name", default="server", help="which server, where several are started on this machine")
    parser.add_argument("--state", help="where process ids and logs lie")
    parser.add_argument("--stop", action="store_true", help="end the server, and start none")
    parser.add_argument("command", nargs=argparse.REMAINDER, help="after --")
    options = parser.parse_args()
    command = options.command[1:] if options.command[:1] == ["--"] else options.command
    state = pathlib.Path(
        options.state or f"{os.environ.get('XDG_RUNTIME_DIR', '/tmp')}/reprise-serve-{os.getuid()}")
    state.mkdir(parents=True, exist_ok=True, mode=0o700)
    record = state / f"{options.name}.pid"
    stop(record)
    record.unlink(missing_ok=True)
    if options.stop:
        return
    if not command:
        parser.error("give the server's command after --")
    with open(state / f"{options.name}.log", "ab") as log:
        try:
            server = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True)
        except OSError as error:
            sys.exit(f"cannot start {command[0]}: {error.strerror}")
    record.write_text(f"{server.pid} {began(server.pid)}\n")
    # One that cannot even begin says so now, and not after minutes of waiting.
    time.sleep(0.5)
    if server.poll() is not None:
        sys.exit(f"{command[0]} ended at once with status {server.returncode}: see {state}/{options.name}.log")


if __name__ == "__main__":
    main()
