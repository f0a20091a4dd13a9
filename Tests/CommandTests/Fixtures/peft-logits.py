"""Compares a base with an adapter to an edited checkpoint: prints the largest difference of logits in float64, where only the
weights differ and not the rounding of two ways to the same sums, and that of log-probabilities in float32."""
import sys

import torch
from peft import PeftModel
from transformers import AutoModelForCausalLM

base, adapter, edited = sys.argv[1:]


def logits(dtype):
    load = lambda path: AutoModelForCausalLM.from_pretrained(path, torch_dtype=dtype).eval()
    adapted = PeftModel.from_pretrained(load(base), adapter).to(dtype).eval()
    expected = load(edited)
    torch.manual_seed(0)
    ids = torch.randint(0, expected.config.vocab_size, (16, 24))
    with torch.no_grad():
        return adapted(ids).logits.double(), expected(ids).logits.double()


ours, theirs = logits(torch.float64)
print((ours - theirs).abs().max().item())
ours, theirs = (x.log_softmax(-1) for x in logits(torch.float32))
print((ours - theirs).abs().max().item())
