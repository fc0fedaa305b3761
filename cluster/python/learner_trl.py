#!/usr/bin/env python3
"""An M-step by TRL's SFTTrainer: fine-tunes a Hugging Face model on a sealed training set, all of its weights or by LoRA.

    pip install torch trl peft
    reprise run CONFIG --set "engines.learner={kind: command, command: [python3, cluster/python/learner_trl.py, --lora-rank, 16]}"

It is called as learner_torch.py is, which has to lie beside it, and minimises the same loss. Beyond that it leaves checkpoints,
about ten over a training, in the first of its two directories, and goes on from the newest when it is started again after having
been killed. With LoRA the result is the whole model all the same, the adapter merged into it; the adapter itself, relative to the
model training started from, is in the result's adapter/. To train otherwise, change what SFTConfig is given.

Tried with trl 1.16, peft 0.21 and transformers 5.24. It trains in float32 on one GPU, the first it is shown, or on the CPU.
"""
import argparse, json, math, os, pathlib, shutil, sys, threading

os.environ["HF_HUB_OFFLINE"] = "1"  # Nothing is fetched, and TRL does not report that it is used.
os.environ["CUDA_VISIBLE_DEVICES"] = os.environ.get("CUDA_VISIBLE_DEVICES", "0").split(",")[0]

import torch
from datasets import Dataset
from peft import LoraConfig, get_peft_model
from transformers import AutoModelForCausalLM, PreTrainedTokenizerFast, PrinterCallback, TrainerCallback, set_seed
from transformers.utils import logging
from trl import SFTConfig, SFTTrainer
from trl.trainer.sft_trainer import DataCollatorForLanguageModeling

from learner_torch import leave_when_unwanted, rate


class Trainer(SFTTrainer):
    """Minimises the mean over a step's target tokens, weighted by the weight of their example."""

    loss_is_scaled_for_ga = True  # Each part of a step is divided by the whole step's weight.

    def get_batch_samples(self, epoch_iterator, num_batches, device):  # The parts of one step.
        parts, _ = super().get_batch_samples(epoch_iterator, num_batches, device)
        targets = [(part["labels"] != -100).sum(1) for part in parts]
        # Stands in every checkpoint, and SFTTrainer does not count here unless it is told to.
        self.state.num_input_tokens_seen += int(sum(count.sum() for count in targets))
        total = sum((part["weight"] * count).sum() for part, count in zip(parts, targets))
        return parts, total.clamp(min=1e-9)

    def compute_loss(self, model, inputs, return_outputs=False, num_items_in_batch=None):
        logits = model(input_ids=inputs["input_ids"], attention_mask=inputs["attention_mask"], use_cache=False).logits
        losses = torch.nn.functional.cross_entropy(
            logits[:, :-1].float().transpose(1, 2), inputs["labels"][:, 1:], reduction="none")  # 0 for no targets
        return (losses.sum(1) * inputs["weight"]).sum() / num_items_in_batch


class Collator(DataCollatorForLanguageModeling):
    def torch_call(self, examples):
        return super().torch_call(examples) | {"weight": torch.tensor([example["weight"] for example in examples])}


class Reports(TrainerCallback):
    def on_log(self, args, state, control, logs=None, **rest):
        if "loss" in logs:
            report = {"step": state.global_step, "steps": state.max_steps, "loss": logs["loss"],
                      "tokens": state.num_input_tokens_seen}
            print(json.dumps(report), flush=True)

    def on_step_end(self, args, state, control, **rest):
        # Whoever goes on has a step to report.
        control.should_save = control.should_save and state.global_step < state.max_steps


def part_size(size, longest, limit):  # As many of a batch's examples as may pass together; divides the batch.
    return max(part for part in range(1, size + 1) if size % part == 0 and (part == 1 or part * longest <= limit))


def last_checkpoint(directory):  # The newest that was written to its end, where trainer_state.json comes. Removes the others.
    last = None
    for path in sorted(directory.glob("checkpoint-*"), key=lambda path: int(path.name.split("-")[1])):
        try:
            json.loads((path / "trainer_state.json").read_text())
            last = path
        except (OSError, ValueError):
            shutil.rmtree(path)
    return last


def save(model, stored, start, output):  # There is no directory of that name until all is in it.
    part = output.with_name(output.name + ".part")
    shutil.rmtree(part, ignore_errors=True)
    if hasattr(model, "peft_config"):
        model.save_pretrained(part / "adapter")
        (part / "adapter" / "README.md").unlink(missing_ok=True)
        model = model.merge_and_unload()
    model.to(stored).save_pretrained(part)
    for file in start.iterdir():  # Its own configuration and tokenizer.
        if file.is_file() and "safetensors" not in file.name:
            shutil.copy(file, part)
    part.replace(output)


def main(options):
    folder, output = options.folder, options.output
    if output.exists() and any(output.iterdir()):
        sys.exit(f"{output} is not empty")
    threading.Thread(target=leave_when_unwanted, daemon=True).start()
    logging.disable_progress_bar()
    recipe = json.loads((folder / "recipe.json").read_text())
    with open(folder / "train.jsonl") as lines:
        examples = [json.loads(line) for line in lines]
    if not examples:
        sys.exit("there is nothing to train on")
    if recipe["optimizer"] != "adamw":
        print("trains with AdamW, whatever the recipe's optimizer", flush=True)
    data = Dataset.from_list([
        {"input_ids": row["prompt_ids"] + row["completion_ids"],
         "labels": [-100] * len(row["prompt_ids"]) + row["completion_ids"], "weight": row["weight"]}
        for row in examples])
    steps = recipe.get("steps") or recipe["epochs"] * math.ceil(len(examples) / recipe["batchSize"])
    size = min(recipe["batchSize"], len(examples))
    part = part_size(size, max(len(ids) for ids in data["input_ids"]), recipe["maxTokens"])
    seed = int(recipe["seed"]) % 2**32
    set_seed(seed)

    # Weights are float32 while they learn, whatever the checkpoint's type, which the result is rounded to.
    model = AutoModelForCausalLM.from_pretrained(folder / "model", dtype="auto")
    stored = model.dtype
    model = model.float()
    checkpoints = folder / "checkpoints" / "full"
    if options.lora_rank:
        model.name_or_path = None  # This folder will be gone.
        targets = options.lora_targets
        alpha = options.lora_alpha or 2 * options.lora_rank
        model = get_peft_model(model, LoraConfig(
            task_type="CAUSAL_LM", r=options.lora_rank, lora_alpha=alpha,
            target_modules=targets if targets == "all-linear" else targets.split(",")))
        checkpoints = checkpoints.with_name(f"lora-{options.lora_rank}-{alpha}-{targets}")
    learned = [p for p in model.parameters() if p.requires_grad]
    decayed = [p for p in learned if p.ndim > 1 or recipe["decaysNorms"]]
    others = [p for p in learned if not (p.ndim > 1 or recipe["decaysNorms"])]
    optimizer = torch.optim.AdamW(
        [{"params": decayed, "weight_decay": recipe["weightDecay"]}, {"params": others, "weight_decay": 0.0}],
        lr=recipe["learningRate"], betas=(recipe["beta1"], recipe["beta2"]), eps=recipe["epsilon"])
    schedule = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda step: rate(recipe, step, steps))

    trainer = Trainer(
        model=model, train_dataset=data, data_collator=Collator(pad_token_id=0), callbacks=[Reports()],
        optimizers=(optimizer, schedule),
        processing_class=PreTrainedTokenizerFast(tokenizer_file=str(folder / "model" / "tokenizer.json")),
        args=SFTConfig(
            output_dir=checkpoints, max_steps=steps, seed=seed, max_grad_norm=recipe["clip"],
            per_device_train_batch_size=part, gradient_accumulation_steps=size // part,
            max_length=None, packing=False, dataset_kwargs={"skip_prepare_dataset": True}, remove_unused_columns=False,
            bf16=False, gradient_checkpointing=False, save_steps=math.ceil(steps / 10), save_total_limit=1,
            logging_steps=1, logging_nan_inf_filter=False, disable_tqdm=True, report_to="none",
            dataloader_pin_memory=torch.cuda.is_available()))
    trainer.processing_class = None  # Everything is tokenised; otherwise it would change the model's configuration.
    trainer.remove_callback(PrinterCallback)  # Prints lines that look like reports.
    trainer.train(resume_from_checkpoint=last_checkpoint(checkpoints))
    save(trainer.model, stored, folder / "model", output)


if __name__ == "__main__":
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--lora-rank", type=int, default=0, metavar="R", help="0, as without it, trains all weights")
    arguments.add_argument("--lora-alpha", type=int, metavar="A", help="twice the rank unless given")
    arguments.add_argument("--lora-targets", default="all-linear", metavar="NAMES", help="q_proj,v_proj,... or all-linear")
    arguments.add_argument("folder", type=pathlib.Path, metavar="FOLDER", help="has model/, train.jsonl and recipe.json")
    arguments.add_argument("output", type=pathlib.Path, metavar="OUTPUT", help="where the result goes")
    main(arguments.parse_args())
