#!/usr/bin/env python3
"""An M-step in PyTorch: fine-tunes a Hugging Face model on a sealed training set, on a GPU where there is one.

    pip install torch 'transformers>=4.56'
    reprise run CONFIG --set "engines.learner={kind: command, command: [python3, cluster/python/learner_torch.py]}"

It is called with two directories. The first holds model/ (where training starts), train.jsonl (prompt_ids, completion_ids and
weight of each example, and their texts) and recipe.json; what it leaves there is there again when it is started after having been
killed. Into the second goes the result, a Hugging Face directory. Each step is reported as a line of JSON on standard output,
anything else that is printed is for people. Standard input ends when nobody wants the result any more.

The loss is Reprise's: the mean over target tokens, weighted by the weight of their example. To train otherwise, change `batches`
and `loss`, or put TRL's SFTTrainer in their place: everything else is what Reprise expects of any such program.
"""
import json, math, os, pathlib, random, sys, threading

import torch
from transformers import AutoModelForCausalLM
from transformers.utils import logging


def leave_when_unwanted():
    sys.stdin.read()
    os._exit(75)


def rate(recipe, step, steps):  # As in Reprise: warm-up counts from 1, decay ends at the floor.
    warmup, floor = recipe["warmupSteps"], recipe["learningRateFloor"]
    if step < warmup:
        return (step + 1) / (warmup + 1)
    done = min(1.0, (step - warmup) / max(1, steps - warmup))
    shape = {"constant": 1.0, "linear": 1 - done, "cosine": (1 + math.cos(math.pi * done)) / 2}[recipe["schedule"]]
    return floor + (1 - floor) * shape


def batches(examples, recipe, steps):  # Every epoch in another order.
    order, draw = [], random.Random(recipe["seed"])
    size = min(recipe["batchSize"], len(examples))
    for _ in range(steps):
        if not order:
            order = draw.sample(range(len(examples)), len(examples))
        batch, order = order[:size], order[size:]
        yield [examples[index] for index in batch]


def loss(model, batch, device):  # Weighted sum over the batch's target tokens.
    rows = [(row["prompt_ids"] + row["completion_ids"], len(row["prompt_ids"]), row["weight"]) for row in batch]
    width = max(len(ids) for ids, _, _ in rows)
    ids = torch.zeros(len(rows), width, dtype=torch.long)
    mask, weights = torch.zeros_like(ids), torch.zeros(len(rows), width)
    for index, (tokens, prompt, weight) in enumerate(rows):
        ids[index, : len(tokens)] = torch.tensor(tokens)
        mask[index, : len(tokens)] = 1
        weights[index, max(1, prompt) : len(tokens)] = weight
    ids, mask, weights = ids.to(device), mask.to(device), weights[:, 1:].to(device)
    logits = model(input_ids=ids, attention_mask=mask).logits[:, :-1].float()
    losses = torch.nn.functional.cross_entropy(logits.transpose(1, 2), ids[:, 1:], reduction="none")
    return (losses * weights).sum()


def main(folder, output):
    threading.Thread(target=leave_when_unwanted, daemon=True).start()
    logging.disable_progress_bar()
    folder = pathlib.Path(folder)
    recipe = json.loads((folder / "recipe.json").read_text())
    with open(folder / "train.jsonl") as lines:
        examples = [json.loads(line) for line in lines]
    if not examples:
        sys.exit("there is nothing to train on")
    device = "cuda" if torch.cuda.is_available() else "cpu"
    torch.manual_seed(int(recipe["seed"]) % 2**63)
    # Master weights are float32 whatever the checkpoint's type, which the result is rounded to.
    model = AutoModelForCausalLM.from_pretrained(folder / "model", dtype="auto")
    stored = model.dtype
    model = model.float().to(device).train()
    decayed = [p for p in model.parameters() if p.ndim > 1 or recipe["decaysNorms"]]
    others = [p for p in model.parameters() if not (p.ndim > 1 or recipe["decaysNorms"])]
    if recipe["optimizer"] != "adamw":
        print("trains with AdamW, whatever the recipe's optimizer", flush=True)
    optimizer = torch.optim.AdamW(
        [{"params": decayed, "weight_decay": recipe["weightDecay"]}, {"params": others, "weight_decay": 0.0}],
        lr=recipe["learningRate"], betas=(recipe["beta1"], recipe["beta2"]), eps=recipe["epsilon"])
    steps = recipe.get("steps") or recipe["epochs"] * math.ceil(len(examples) / recipe["batchSize"])
    tokens = 0
    for step, batch in enumerate(batches(examples, recipe, steps)):
        for group in optimizer.param_groups:
            group["lr"] = recipe["learningRate"] * rate(recipe, step, steps)
        total = max(1e-9, sum(row["weight"] * len(row["completion_ids"]) for row in batch))
        value = 0.0
        for part in parts(batch, recipe["maxTokens"]):
            part_loss = loss(model, part, device) / total
            part_loss.backward()
            value += part_loss.item()
        if recipe["clip"]:
            torch.nn.utils.clip_grad_norm_(model.parameters(), recipe["clip"])
        optimizer.step()
        optimizer.zero_grad()
        tokens += sum(len(row["completion_ids"]) for row in batch)
        print(json.dumps({"step": step + 1, "steps": steps, "loss": value, "tokens": tokens}), flush=True)
    model.to(stored).save_pretrained(output)


def parts(batch, limit):  # At most so many tokens at a time: bounds the memory.
    part, width = [], 0
    for row in sorted(batch, key=lambda row: len(row["prompt_ids"]) + len(row["completion_ids"])):
        longest = max(width, len(row["prompt_ids"]) + len(row["completion_ids"]))
        if part and longest * (len(part) + 1) > limit:
            yield part
            part, longest = [], len(row["prompt_ids"]) + len(row["completion_ids"])
        part, width = part + [row], longest
    if part:
        yield part


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    main(*sys.argv[1:])
