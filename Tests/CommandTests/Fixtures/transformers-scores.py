"""Prints, for each line of a file of scores, the log-probabilities that transformers gives its ids: a list a line."""
import json
import sys

import torch
from transformers import AutoModelForCausalLM

checkpoint, scores = sys.argv[1:]
model = AutoModelForCausalLM.from_pretrained(checkpoint, torch_dtype=torch.float32).eval()
with torch.no_grad(), open(scores, encoding="utf-8") as lines:
    for line in lines:
        ids = torch.tensor([json.loads(line)["ids"]])
        logprobs = torch.log_softmax(model(ids).logits[0, :-1].double(), dim=-1)
        print(json.dumps(logprobs.gather(1, ids[0, 1:, None])[:, 0].tolist()))
