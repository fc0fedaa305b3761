#!/usr/bin/env python3
"""Turns the public release of LongLaMP into a data directory of reprise.

    pip install huggingface_hub pyarrow
    hf download LongLaMP/LongLaMP --repo-type dataset --local-dir release
    python3 longlamp.py release --setting user -o data/longlamp
    reprise data check data/longlamp

Reads what lies below the release's directory for one setting (user: other users in each split; temporal: later texts of
the same users): TASK_SETTING/SPLIT-*.parquet, or TASK_SETTING/SPLIT.jsonl, .json or their .gz, and writes
TASK_SPLIT.jsonl.gz. Rows are taken as they are; only parquet needs pyarrow. Nothing is written unless all can be read.
"""

import argparse
import glob
import gzip
import json
import os
import sys

TASKS = ["product_review", "abstract_generation", "topic_writing", "email_completion"]
SPLITS = {"train": ["train"], "val": ["val", "validation"], "test": ["test"]}


def parquet_rows(path):
    try:
        from pyarrow import parquet
    except ImportError:
        sys.exit(f"{path}: parquet needs pyarrow: pip install pyarrow")
    for batch in parquet.ParquetFile(path).iter_batches(batch_size=64):
        yield from batch.to_pylist()


def json_rows(path):
    with (gzip.open if path.endswith(".gz") else open)(path, "rt", encoding="utf-8") as file:
        if ".jsonl" in os.path.basename(path):
            for number, line in enumerate(file, 1):
                if line.strip():
                    try:
                        yield json.loads(line)
                    except ValueError as error:
                        sys.exit(f"{path}:{number}: not JSON: {error}")
        else:
            rows = json.load(file)
            yield from rows if isinstance(rows, list) else rows["data"]


def files(release, task, setting, names):
    for name in names:
        folder = os.path.join(release, f"{task}_{setting}")
        for pattern in [f"{name}-*.parquet", f"{name}.parquet", f"{name}.json*"]:
            found = sorted(glob.glob(os.path.join(folder, pattern)))
            if found:
                return found
    return []


def main():
    options = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    options.add_argument("release", help="the directory the release was downloaded to")
    options.add_argument("--setting", choices=["user", "temporal"], default="user")
    options.add_argument("-o", "--output", required=True, help="the data directory to write")
    arguments = options.parse_args()
    os.makedirs(arguments.output, exist_ok=True)
    written = []
    try:
        convert(arguments, written)
        if not written:
            sys.exit(f"{arguments.release}: there is no TASK_{arguments.setting} with train, val or test files below it")
        for target, count in written:
            os.replace(target + ".partial", target)
            print(f"{target}: {count} rows")
    finally:
        for target, _ in written:
            if os.path.exists(target + ".partial"):
                os.remove(target + ".partial")


def convert(arguments, written):
    for task in TASKS:
        for split, names in SPLITS.items():
            found = files(arguments.release, task, arguments.setting, names)
            if not found:
                continue
            target = os.path.join(arguments.output, f"{task}_{split}.jsonl.gz")
            count = 0
            written.append([target, count])
            # Without a name and a time the same rows are the same bytes.
            with open(target + ".partial", "wb") as raw, gzip.GzipFile("", "wb", 6, raw, mtime=0) as out:
                for path in found:
                    for row in (parquet_rows if path.endswith(".parquet") else json_rows)(path):
                        out.write((json.dumps(row, ensure_ascii=False, default=str) + "\n").encode())
                        count += 1
            written[-1][1] = count


if __name__ == "__main__":
    main()
