"""A real llama.cpp server for tests (xllamacpp), on a directory of the Hugging Face layout: converts, serves, waits.

    python3 llama_server.py DIRECTORY ALIAS PORT [BASE]

With BASE the DIRECTORY is that of a LoRA adapter over it.
"""
import json, pathlib, signal, sys

import gguf, numpy, torch, xllamacpp
from safetensors.torch import load_file


def permuted(weight, heads):  # llama.cpp's rotary embedding turns neighbouring pairs, Hugging Face's turns halves.
    return weight.reshape(heads, 2, weight.shape[0] // heads // 2, -1).transpose(1, 2).reshape(weight.shape)


def convert(directory, path):
    config = json.loads((directory / "config.json").read_text())
    tokenizer = json.loads((directory / "tokenizer.json").read_text())
    heads, shared = config["num_attention_heads"], config["num_key_value_heads"]
    writer = gguf.GGUFWriter(path, "llama")
    writer.add_context_length(config["max_position_embeddings"])
    writer.add_embedding_length(config["hidden_size"])
    writer.add_block_count(config["num_hidden_layers"])
    writer.add_feed_forward_length(config["intermediate_size"])
    writer.add_head_count(heads)
    writer.add_head_count_kv(shared)
    writer.add_layer_norm_rms_eps(config["rms_norm_eps"])
    writer.add_rope_freq_base(config["rope_theta"])
    width = config.get("head_dim") or config["hidden_size"] // heads
    for add in (writer.add_rope_dimension_count, writer.add_key_length, writer.add_value_length):
        add(width)
    writer.add_vocab_size(config["vocab_size"])
    special = {token["id"] for token in tokenizer["added_tokens"]}
    words = {index: word for word, index in tokenizer["model"]["vocab"].items()}
    words |= {token["id"]: token["content"] for token in tokenizer["added_tokens"]}
    writer.add_tokenizer_model("gpt2")
    writer.add_tokenizer_pre("gpt-2")
    writer.add_token_list([words.get(index, f"[unused{index}]") for index in range(config["vocab_size"])])
    kinds = gguf.TokenType
    writer.add_token_types(
        [kinds.CONTROL if i in special else kinds.NORMAL if i in words else kinds.UNUSED
         for i in range(config["vocab_size"])])
    writer.add_token_merges([m if isinstance(m, str) else " ".join(m) for m in tokenizer["model"]["merges"]])
    writer.add_eos_token_id(config["eos_token_id"])
    writer.add_add_bos_token(False)
    names = gguf.get_tensor_name_map(gguf.MODEL_ARCH.LLAMA, config["num_hidden_layers"])
    for name, weight in load_file(directory / "model.safetensors").items():
        weight = weight.to(torch.float32)
        if name.endswith("q_proj.weight"):
            weight = permuted(weight, heads)
        if name.endswith("k_proj.weight"):
            weight = permuted(weight, shared)
        writer.add_tensor(names.get_name(name, (".weight",)), numpy.ascontiguousarray(weight.numpy()))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def convert_adapter(directory, base, path):
    config = json.loads((base / "config.json").read_text())
    heads = {"q_proj": config["num_attention_heads"], "k_proj": config["num_key_value_heads"]}
    writer = gguf.GGUFWriter(path, "llama")
    writer.add_type(gguf.GGUFType.ADAPTER)
    writer.add_string(gguf.Keys.Adapter.TYPE, "lora")
    alpha = json.loads((directory / "adapter_config.json").read_text())["lora_alpha"]
    writer.add_float32(gguf.Keys.Adapter.LORA_ALPHA, alpha)
    names = gguf.get_tensor_name_map(gguf.MODEL_ARCH.LLAMA, config["num_hidden_layers"])
    for name, factor in load_file(directory / "adapter_model.safetensors").items():
        module, kind = name.removeprefix("base_model.model.").removesuffix(".weight").rsplit(".", 1)
        projection = module.rsplit(".", 1)[1]
        if kind == "lora_B" and projection in heads:
            factor = permuted(factor, heads[projection])
        target = names.get_name(module + ".weight", (".weight",))
        writer.add_tensor(f"{target}.{kind.lower()}", numpy.ascontiguousarray(factor.numpy()))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def main(directory, alias, port, base=None):
    directory = pathlib.Path(directory)
    path = directory / "model.gguf"
    parameters = xllamacpp.CommonParams()
    if base:
        convert(pathlib.Path(base), path)
        convert_adapter(directory, pathlib.Path(base), directory / "adapter.gguf")
        parameters.lora_adapters = [xllamacpp.CommonAdapterLoraInfo(str(directory / "adapter.gguf"), 1.0)]
    else:
        convert(directory, path)
    parameters.model.path = str(path)
    parameters.model_alias = {alias}
    parameters.hostnames = ["127.0.0.1"]
    parameters.port = int(port)
    parameters.n_ctx, parameters.n_parallel = 4096, 4
    parameters.cpuparams.n_threads = 1
    parameters.cpuparams_batch.n_threads = 1
    parameters.warmup = False
    server = xllamacpp.Server(parameters)
    print(server.listening_address, flush=True)
    signal.pause()


main(*sys.argv[1:])
