"""Trains the two vocabularies and records what tokenizers answers; see README.md."""

import copy
import json
from pathlib import Path

from tokenizers import Tokenizer, models, trainers, pre_tokenizers, decoders

corpus = """The lighthouse keeper's daughter wasn't afraid of storms; she'd counted 1234 waves by noon.
They're sailing to Port Elara, where the old bakery sells warm bread and plum jam every morning.
"We'll never know," said Tomas, "whether it's 17 or 18 miles to the mill."
Zoë and André drank café crème near the Straße; naïve résumés don't matter there.
Der Müller backt Brot. Das Mädchen läuft über die Brücke. Où est la forêt? Là-bas!
日本の古い港町で、猫が魚を食べます。東京と京都。Привет, мир! Как дела? Γειά σου κόσμε.
x = 10; y = 200; z = x + y  # three numbers: 3000, 40000
    indented line	with a tab, and  two  spaces   and three
""".split("\n")


def train(tr, tok):
    tok.train_from_iterator(corpus * 3, tr)
    return json.loads(tok.to_str())


t = Tokenizer(models.BPE())
t.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
t.decoder = decoders.ByteLevel()
B = train(
    trainers.BpeTrainer(
        vocab_size=420,
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        special_tokens=["<|endoftext|>"],
        show_progress=False,
    ),
    t,
)
t = Tokenizer(models.BPE(unk_token="<unk>", fuse_unk=True, byte_fallback=True))
t.pre_tokenizer = pre_tokenizers.Metaspace()
S = train(
    trainers.BpeTrainer(
        vocab_size=520,
        special_tokens=["<unk>", "<s>", "</s>"] + ["<0x%02X>" % i for i in range(256)],
        show_progress=False,
        limit_alphabet=60,
    ),
    t,
)
S["added_tokens"] = S["added_tokens"][:3]
S["normalizer"] = {
    "type": "Sequence",
    "normalizers": [
        {"type": "Prepend", "prepend": "\u2581"},
        {"type": "Replace", "pattern": {"String": " "}, "content": "\u2581"},
    ],
}
S["pre_tokenizer"] = None
S["post_processor"] = {
    "type": "TemplateProcessing",
    "single": [{"SpecialToken": {"id": "<s>", "type_id": 0}}, {"Sequence": {"id": "A", "type_id": 0}}],
    "pair": [],
    "special_tokens": {"<s>": {"id": "<s>", "ids": [1], "tokens": ["<s>"]}},
}
S["decoder"] = {
    "type": "Sequence",
    "decoders": [
        {"type": "Replace", "pattern": {"String": "\u2581"}, "content": " "},
        {"type": "ByteFallback"},
        {"type": "Fuse"},
        {"type": "Strip", "content": " ", "start": 1, "stop": 0},
    ],
}
for x in (B, S):
    x.pop("truncation", None)
    x.pop("padding", None)
Q3 = "(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}{1,3}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+"
Q2 = Q3.replace("{1,3}", "")
QM = "(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?[\\p{L}\\p{M}]+|\\p{N}| ?[^\\s\\p{L}\\p{M}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+"
G2 = "'s|'t|'re|'ve|'m|'ll|'d| ?\\p{L}+| ?\\p{N}+| ?[^\\s\\p{L}\\p{N}]+|\\s+(?!\\S)|\\s+"
BL = lambda **k: dict(dict(type="ByteLevel", add_prefix_space=False, trim_offsets=True, use_regex=True), **k)
seq = lambda *p: dict(type="Sequence", pretokenizers=list(p))
nseq = lambda *p: dict(type="Sequence", normalizers=list(p))
split = lambda pat, b, inv=False: dict(type="Split", pattern=pat, behavior=b, invert=inv)
A = lambda i, c, **k: dict(
    dict(id=i, content=c, single_word=False, lstrip=False, rstrip=False, normalized=False, special=False), **k
)
V = []


def v(name, base, **k):
    model = {a[6:]: k.pop(a) for a in list(k) if a.startswith("model_")}
    V.append(dict(name=name, base=base, changes=k, model=model))


nb = max(B["model"]["vocab"].values()) + 1
ns = max(S["model"]["vocab"].values()) + 1
v("gpt2", "byte-level", post_processor=BL(trim_offsets=False))
v(
    "gpt2 split pattern",
    "byte-level",
    pre_tokenizer=seq(split({"Regex": G2}, "Isolated"), BL(use_regex=False)),
)
v(
    "gpt-neox",
    "byte-level",
    normalizer={"type": "NFC"},
    post_processor=BL(),
    added_tokens=B["added_tokens"]
    + [A(nb, "    ", normalized=True), A(nb + 1, "   ", normalized=True), A(nb + 2, "  ", normalized=True)],
)
v(
    "qwen2",
    "byte-level",
    normalizer={"type": "NFC"},
    pre_tokenizer=seq(split({"Regex": Q2}, "Isolated"), BL(use_regex=False)),
    post_processor=BL(trim_offsets=False, use_regex=False),
    added_tokens=B["added_tokens"]
    + [A(nb, "<|im_start|>", special=True), A(nb + 1, "<|im_end|>", special=True)],
)
v(
    "qwen3.5",
    "byte-level",
    normalizer={"type": "NFC"},
    pre_tokenizer=seq(split({"Regex": QM}, "Isolated"), BL(use_regex=False)),
)
v(
    "llama3",
    "byte-level",
    model_ignore_merges=True,
    pre_tokenizer=seq(split({"Regex": Q3}, "Isolated"), BL(use_regex=False)),
    post_processor={
        "type": "Sequence",
        "processors": [
            BL(trim_offsets=False),
            {
                "type": "TemplateProcessing",
                "single": [
                    {"SpecialToken": {"id": "<|endoftext|>", "type_id": 0}},
                    {"Sequence": {"id": "A", "type_id": 0}},
                    {"SpecialToken": {"id": "<|endoftext|>", "type_id": 0}},
                ],
                "pair": [],
                "special_tokens": {
                    "<|endoftext|>": {"id": "<|endoftext|>", "ids": [0], "tokens": ["<|endoftext|>"]}
                },
            },
        ],
    },
)
v(
    "old removed inverted",
    "byte-level",
    pre_tokenizer=seq(split({"Regex": Q2}, "Removed", True), BL(use_regex=False)),
)
v(
    "prefix space",
    "byte-level",
    pre_tokenizer=BL(add_prefix_space=True),
    post_processor=BL(add_prefix_space=True),
)
v(
    "roberta",
    "byte-level",
    pre_tokenizer=BL(add_prefix_space=True),
    post_processor={
        "type": "RobertaProcessing",
        "sep": ["</s>", 2],
        "cls": ["<s>", 1],
        "trim_offsets": True,
        "add_prefix_space": False,
    },
)
v(
    "bert processing",
    "byte-level",
    post_processor={"type": "BertProcessing", "sep": ["</s>", 2], "cls": ["<s>", 1]},
)
for f in ["NFD", "NFKC", "NFKD", "Lowercase"]:
    v(f, "byte-level", normalizer={"type": f})
v(
    "strip",
    "byte-level",
    normalizer=nseq({"type": "Strip", "strip_left": True, "strip_right": True}, {"type": "Lowercase"}),
)
for b in ["Removed", "Isolated", "MergedWithPrevious", "MergedWithNext", "Contiguous"]:
    v("split " + b, "byte-level", pre_tokenizer=seq(split({"String": " "}, b), BL(use_regex=False)))
    v(
        "punctuation " + b,
        "byte-level",
        pre_tokenizer=seq({"type": "Punctuation", "behavior": b}, BL(use_regex=False)),
    )
v(
    "split inverted",
    "byte-level",
    pre_tokenizer=seq(split({"String": "a"}, "MergedWithNext", True), BL(use_regex=False)),
)
v("digits one by one", "byte-level", pre_tokenizer=seq({"type": "Digits", "individual_digits": True}, BL()))
v(
    "digits together",
    "byte-level",
    pre_tokenizer=seq({"type": "Digits", "individual_digits": False}, BL(use_regex=False)),
)
v(
    "added tokens",
    "byte-level",
    normalizer={"type": "Lowercase"},
    post_processor=BL(),
    added_tokens=B["added_tokens"]
    + [
        A(nb, "<mask>", lstrip=True, special=True),
        A(nb + 1, "<R>", rstrip=True),
        A(nb + 2, "lone", single_word=True),
        A(nb + 3, "NormZ", normalized=True),
        A(nb + 4, "<|a"),
        A(nb + 5, "<|ab"),
    ],
)
v("llama2 legacy", "sentencepiece")
v("llama2", "sentencepiece", normalizer={"type": "Replace", "pattern": {"String": " "}, "content": "\u2581"})
for s in ["first", "always", "never"]:
    for sp in [True, False]:
        m = {"type": "Metaspace", "replacement": "\u2581", "prepend_scheme": s, "split": sp}
        v(
            f'metaspace {s}{"" if sp else " unsplit"}',
            "sentencepiece",
            normalizer=None,
            pre_tokenizer=m,
            decoder=m,
        )
m = {"type": "Metaspace", "replacement": "\u2581", "add_prefix_space": True}
v("metaspace legacy", "sentencepiece", normalizer=None, pre_tokenizer=m, decoder=m)
v(
    "gemma",
    "sentencepiece",
    normalizer={"type": "Replace", "pattern": {"String": " "}, "content": "\u2581"},
    pre_tokenizer=split({"String": " "}, "MergedWithPrevious"),
    decoder={
        "type": "Sequence",
        "decoders": [
            {"type": "Replace", "pattern": {"String": "\u2581"}, "content": " "},
            {"type": "ByteFallback"},
            {"type": "Fuse"},
        ],
    },
)
v("unknown fused", "sentencepiece", model_byte_fallback=False)
v("unknown apart", "sentencepiece", model_byte_fallback=False, model_fuse_unk=False)
v(
    "ignore merges",
    "sentencepiece",
    model_ignore_merges=True,
    normalizer=None,
    pre_tokenizer={"type": "Metaspace", "replacement": "\u2581", "prepend_scheme": "always", "split": True},
)
v("whitespace", "sentencepiece", normalizer=None, pre_tokenizer={"type": "Whitespace"}, decoder=None)
v(
    "whitespace split",
    "sentencepiece",
    normalizer=None,
    pre_tokenizer={"type": "WhitespaceSplit"},
    decoder=None,
)
v(
    "delimiter",
    "sentencepiece",
    normalizer=None,
    pre_tokenizer={"type": "CharDelimiterSplit", "delimiter": "e"},
    decoder={"type": "Fuse"},
)
v(
    "normalized special",
    "sentencepiece",
    added_tokens=[dict(x, normalized=True) for x in S["added_tokens"]],
    model_byte_fallback=False,
)
texts = [
    "",
    "The keeper's daughter wasn't afraid: SHE'LL count 12345 waves.",
    "  two  spaces\n\n\tand tabs \r\n end ",
    "Zoe\u0308 caf\u00e9 \u1e69 s\u0323\u0307 s\u0307\u0323 \ufb01 \u2163 \u212b",
    "한국어 \u1112\u1161\u11ab 日本の港 🧑🏽‍🚀 мир",
    "<s>a</s> <unk> <|endoftext|>b<|im_start|>c",
    "x <mask> y <R>  z lone alone NORMZ NormZ <|ab<|a<|c",
    "'s 'S '\u017f don't\u00a0x_y \u0663\u00bd \u3000\u2028 ▁▁a Ġ <0x41>",
    "e\u0301\u0323 o\u0302\u0301 \u09c7\u09be \u0000\u200d",
    "aaaaaaaaaa!!! ...?-- 1 22 333 4444",
]
for x in V:
    base = copy.deepcopy(B if x["base"] == "byte-level" else S)
    base.update(x["changes"])
    base["model"].update(x["model"])
    tk = Tokenizer.from_str(json.dumps(base))
    x["cases"] = []
    for t in texts:
        a = tk.encode(t)
        p = tk.encode(t, add_special_tokens=False)
        x["cases"].append(
            [a.ids, p.ids, [n for o in p.offsets for n in o], tk.decode(p.ids, skip_special_tokens=False)]
        )


def vocab_sorted(j):
    j["model"]["vocab"] = dict(sorted(j["model"]["vocab"].items(), key=lambda kv: kv[1]))
    return j


out = Path(__file__).parent
for n, j in (("byte-level", B), ("sentencepiece", S)):
    (out / f"{n}.json").write_text(
        json.dumps(vocab_sorted(j), ensure_ascii=False, separators=(",", ":")) + "\n"
    )
lines = ",\n".join(json.dumps(x, separators=(",", ":")) for x in V)
(out / "recorded.json").write_text('{"texts":' + json.dumps(texts) + ',\n"variants":[\n' + lines + "\n]}\n")
