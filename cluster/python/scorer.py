#!/usr/bin/env python3
"""A scorer in Python: joins a Reprise run and computes its reward with a function of yours.

    pip install pyzmq protobuf grpcio-tools         # or apt-get install python3-zmq python3-protobuf protobuf-compiler
    reprise run CONFIG                              # with   reward: {external: NAME}
    python3 cluster/python/scorer.py --connect "$(cat runs/RUN/endpoint)" --name NAME --reward module:function

The function gets one task's answers, a list of dicts (id, input, reference, answer, reasoning, finished), and returns as many
numbers, or None where there is no reward. Equal answers must get equal rewards, whoever asks and when. What is spoken here is
proto/README.md, whose sections are named below; the message classes are made from proto/ at the start.
"""
import argparse, concurrent.futures, functools, hashlib, importlib.util, math, os, pathlib, secrets, signal, socket, struct
import subprocess, sys, tempfile, threading, time, types, zmq
from google.protobuf import descriptor_pb2, descriptor_pool, message_factory

def schema(proto):
    compiler = [sys.executable, "-m", "grpc_tools.protoc"] if importlib.util.find_spec("grpc_tools") else ["protoc"]
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run([*compiler, f"-I{proto}", "--include_imports", f"-o{folder}/set", "reprise/v1/envelope.proto"], check=True)
        files = descriptor_pb2.FileDescriptorSet.FromString(pathlib.Path(folder, "set").read_bytes()).file
    pool = descriptor_pool.DescriptorPool()
    for file in files: pool.Add(file)
    make = getattr(message_factory, "GetMessageClass", None) or message_factory.MessageFactory().GetPrototype  # Before 4.22
    return {message.name: make(pool.FindMessageTypeByName("reprise.v1." + message.name))
            for file in files for message in file.message_type}
TABLE = [functools.reduce(lambda crc, _: crc >> 1 ^ (0x82F63B78 if crc & 1 else 0), range(8), byte) for byte in range(256)]
def crc32c(data):  # Frames
    return functools.reduce(lambda crc, byte: TABLE[(crc ^ byte) & 255] ^ crc >> 8, data, 0xFFFFFFFF) ^ 0xFFFFFFFF

def curve(path): return open(path).read().split()[-1].encode()
def digest(domain, fields):  # Digests
    data = struct.pack("<BQ", 0, len(domain)) + domain
    for value in fields:
        kind, form = {bool: (4, "?"), int: (3, "q"), float: (5, "d")}[type(value)]
        data += struct.pack("<BQ" + form, kind, struct.calcsize("<" + form), value)
    return hashlib.sha256(data).digest()

def judge(function, timeout, lease):  # On a thread of its own: a lease's rewards, or why there are none
    names = ("input", "reference", "answer", "reasoning")
    items = [{"id": f"{item.id.prompt}/{item.id.sample}", **{name: getattr(item, name).decode() for name in names},
              "finished": item.finished} for item in lease.score.items]
    def call(some, out):
        try: out.append([None if reward is None else float(reward) + 0.0 for reward in function(some)])
        except BaseException as error: out.append(error)
    def ask(some):
        thread = threading.Thread(target=call, args=(some, out := []), daemon=True)
        thread.start(), thread.join(timeout)  # One that hangs is left behind.
        rewards = out[0] if out else TimeoutError(f"no answer within {timeout} s")
        if isinstance(rewards, BaseException): raise rewards
        if len(rewards) == len(some) and all(reward is None or math.isfinite(reward) for reward in rewards): return rewards
        raise ValueError(f"{rewards} are not {len(some)} finite numbers"[:200])
    try: return ask(items), None
    except BaseException as error: failure = f"the reward function failed: {type(error).__name__}: {error}"
    if not lease.settles: return None, " ".join(failure.split())[:1000]
    rewards, slow = [], 0
    for item in items:  # What fails again, alone, has no reward; when three in a row are too slow nothing has (Results).
        try: rewards, slow = rewards + (ask([item]) if slow < 3 else [None]), slow if slow == 3 else 0
        except BaseException as error: rewards, slow = rewards + [None], slow + 1 if isinstance(error, TimeoutError) else 0
    return rewards, None

class Scorer:
    def __init__(self, options, function):
        self.options, self.function, self.m = options, function, schema(options.proto)
        self.pool, self.running = concurrent.futures.ThreadPoolExecutor(1), concurrent.futures.Future()
        self.timers = {"heartbeat": 1, "silence_stop": 6, "silence_exit": 60, "resend": 0.5, "resend_maximum": 4}
        self.run, self.term, self.tasks, self.draining, self.socket = bytes(32), 0, {}, False, None
        self.base, self.chunks, self.asked, self.heard, self.last = None, {}, 0, time.monotonic(), time.monotonic()
        self.secret = options.secret_key and curve(options.secret_key)
        self.name = zmq.curve_public(self.secret) if self.secret else options.node.encode()
        self.reincarnate()

    def reincarnate(self):  # Sessions: a new number, a new connection, nothing unfinished
        if self.socket: self.socket.close(0)
        self.incarnation, self.sequence = secrets.randbits(64), 0
        self.drop(lambda task: True)
        self.socket = zmq.Context.instance().socket(zmq.DEALER)
        self.socket.immediate, self.socket.linger, self.socket.maxmsgsize = 1, 0, 64 << 20
        if self.secret:
            names = self.secret, self.name, curve(self.options.server_key)
            self.socket.curve_secretkey, self.socket.curve_publickey, self.socket.curve_serverkey = names
        self.socket.connect(self.options.connect)
        self.join()
    def join(self):
        self.member, self.recheck, self.joining, self.next, self.pause = False, False, time.monotonic(), 0, self.timers["resend"]
    def due(self, what, now):  # Whether it is time to send it, again after twice the time
        late = now >= what.next
        if late: what.next, what.pause = now + what.pause, min(2 * what.pause, self.timers["resend_maximum"])
        return late
    def send(self, field, message, **values):  # Envelope
        self.sequence += 1
        data = self.m["Envelope"](protocol_version=1, run=self.run, term=self.term, incarnation=self.incarnation,
                                  sequence=self.sequence, **{field: self.m[message](**values)}).SerializeToString()
        try: self.socket.send(b"RPR1" + struct.pack("<I", crc32c(data)) + data, zmq.DONTWAIT)
        except zmq.Again: pass  # Not connected: what matters is sent again.

    def receive(self, frame):
        if frame[:4] != b"RPR1" or struct.unpack("<I", frame[4:8])[0] != crc32c(frame[8:]): return
        envelope = self.m["Envelope"].FromString(frame[8:])
        kind, now = envelope.WhichOneof("body"), time.monotonic()
        if kind is None or envelope.incarnation != self.incarnation or envelope.term < self.term: return
        body, self.heard = getattr(envelope, kind), now
        if kind == "reject" and not self.member and body.reason != 1:  # Only BUSY is not final.
            sys.exit(None if body.reason == 8 else f"scorer.py: refused: {body.explanation.decode()}")
        elif kind == "welcome" and not self.member:
            self.timers = {name: getattr(body.timers, name + "_ns") / 1e9 for name in self.timers}
            self.run, self.term, self.member, self.welcomed = envelope.run, envelope.term, True, envelope.sequence
            self.base, self.next_beat = body.base_checkpoint.blob if self.options.base else None, 0
            for task in self.tasks.values(): task.next, task.pause = 0, self.timers["resend"]
            print(f"scorer.py: joined as {self.name.decode()} in term {self.term}", file=sys.stderr)
        elif kind == "fenced" and self.member:
            if envelope.term > self.term: self.join()  # The coordinator was restarted: everything is kept.
            elif envelope.sequence > self.welcomed: self.reincarnate()
        elif kind == "fenced" and now - self.joining >= self.timers["resend_maximum"]: self.reincarnate()
        elif self.member and envelope.term == self.term: self.act(kind, body)

    def act(self, kind, body):
        if kind == "lease":
            key = body.attempt.task.SerializeToString(deterministic=True)
            known = self.tasks.get(key)
            if known and known.lease.input_digest == body.input_digest: known.newest = body
            elif self.draining or known or len(self.tasks) >= 2: self.send("release", "Release", attempts=[body.attempt])
            else: self.tasks[key] = types.SimpleNamespace(lease=body, newest=body, future=None, result=None, next=0, pause=0.5)
        elif kind == "heartbeat_ack": self.recheck = False
        elif kind == "result_ack": self.drop(lambda task: task.result["result_digest"] == body.result_digest, True)
        elif kind == "cancel": self.drop(lambda task: task.newest.attempt in body.attempts)
        elif kind == "drain": self.drain()
        elif kind == "chunk" and self.base:  # Blobs
            if hashlib.sha256(body.content).digest() == self.base.chunk_digests[32 * body.index:][:32]:
                self.chunks[body.index], self.asked = body.content, 0
    def drop(self, where, finished=False):
        self.tasks = {key: task for key, task in self.tasks.items() if bool(task.result) != finished or not where(task)}
    def drain(self, *_):  # Leaving
        waiting = [task.newest.attempt for task in self.tasks.values() if not task.future]
        self.tasks, self.draining = {key: task for key, task in self.tasks.items() if task.future}, True
        if waiting: self.send("release", "Release", attempts=waiting)

    def advance(self, now):
        if now - self.last > 2 * self.timers["heartbeat"]:  # This process stood still: it reports before it sends results.
            self.heard, self.next_beat, self.recheck = self.heard + now - self.last, 0, self.member
        self.last = now
        if self.term and now - self.heard > self.timers["silence_exit"]: sys.exit("scorer.py: nothing heard: does it still run?")
        if now - self.heard > self.timers["silence_stop"]: self.drop(lambda task: True)
        if not self.member and self.due(self, now):
            self.send("hello", "Hello", role=2, node=self.name, software_version=b"python", numeric_fingerprint=bytes(32),
                      slots=1, credit=2, reward=self.options.name.encode())
        if self.base: self.pull(now)
        for key, task in list(self.tasks.items()):
            if task.future and task.future.done(): self.finish(key, task, now)
            elif not task.future and not self.base and not self.running.running():
                task.began, task.lease = now, task.newest  # The lease it runs under, and the last one for it (Leases).
                task.future = self.running = self.pool.submit(judge, self.function, float(self.options.timeout), task.lease)
        if self.member and now >= self.next_beat:
            self.next_beat, held = now + self.timers["heartbeat"], [task.newest.attempt for task in self.tasks.values()]
            self.send("heartbeat", "Heartbeat", held=held, credit=0 if self.draining else max(0, 2 - len(held)))

    def finish(self, key, task, now):  # Results
        rewards, failure = task.future.result()
        if failure and task.newest.settles: task.future = None  # Once more, under the lease that settles.
        elif failure:
            del self.tasks[key]
            self.send("failure", "Failure", attempt=task.newest.attempt, input_digest=task.lease.input_digest,
                      failure_class=2, explanation=failure.encode())
        elif not task.result:
            judged = list(zip([item.id for item in task.lease.score.items], rewards))
            scores = [self.m["Score"](id=id, **({} if reward is None else {"reward": reward})) for id, reward in judged]
            fields = [field for id, reward in judged for field in (id.prompt, id.sample, reward is not None, reward or 0.0)]
            task.result = {"input_digest": task.lease.input_digest, "score": self.m["ScoreOutput"](scores=scores),
                           "result_digest": digest(b"reprise.output.score.v1", [len(scores), *fields]),
                           "compute_time_ns": int((now - task.began) * 1e9)}
        if task.result and self.member and not self.recheck and self.due(task, now):
            self.send("result", "Result", attempt=task.newest.attempt, **task.result)

    def pull(self, now):  # Blobs: the base checkpoint, eight chunks at a time, before anything is judged
        missing = [index for index in range(len(self.base.chunk_digests) // 32) if index not in self.chunks]
        if not missing:
            pathlib.Path(self.options.base).write_bytes(b"".join(self.chunks[index] for index in sorted(self.chunks)))
            self.base = None
        elif self.member and now - self.asked > 2:
            self.asked = now
            self.send("chunk_request", "ChunkRequest", blob=self.base.digest, first=missing[0], count=8)

    def work(self):
        signal.signal(signal.SIGTERM, self.drain)
        while self.tasks or not self.draining:
            self.advance(time.monotonic())
            if self.socket.poll(20): self.receive(self.socket.recv())
        self.send("goodbye", "Goodbye"), self.socket.close(1000)

parser = argparse.ArgumentParser(description="A Reprise scorer whose reward is a Python function.")
for name, default, text in [
        ("connect", ..., "the coordinator's endpoint"), ("name", ..., "the reward's name in the run's configuration"),
        ("reward", ..., "module:function; modules of the current directory are found"),
        ("node", f"python-{socket.gethostname()}-{os.getpid()}", "this node's name; its public key where there is a --secret-key"),
        ("timeout", "60", "seconds for one task"), ("proto", pathlib.Path(__file__).resolve().parents[2] / "proto", "the schema"),
        ("base", None, "a file to keep the run's base checkpoint in"), ("secret-key", None, "a file with this node's CURVE key"),
        ("server-key", None, "a file with the coordinator's public CURVE key")]:
    parser.add_argument("--" + name, default=default, required=default is ..., help=text)
options = parser.parse_args()
sys.path.insert(0, os.getcwd())
Scorer(options, functools.reduce(getattr, options.reward.split(":")[1:], importlib.import_module(options.reward.split(":")[0]))).work()
