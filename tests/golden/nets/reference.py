#!/usr/bin/env python3
"""Writes optimizers.json and forward.safetensors beside itself, with PyTorch from PyPI.

Made with torch 2.15.0 and safetensors on a CPU: pip install torch safetensors; python reference.py
The layers are PyTorch's own modules and functions, put together as the headers of nets/*_net.h say.
"""
import json
import math
import pathlib

import torch
import torch.nn.functional as F
from safetensors.torch import save_file

HERE = pathlib.Path(__file__).parent
DOUBLE = torch.float64


def optimizers():
    """Five steps on f(w) = mean((x w - t)^2) in float64, from w = (1, -2, 0.5)."""
    x = torch.tensor([[1.0, 2.0, -1.0], [0.5, -1.0, 3.0], [-2.0, 0.25, 1.0], [1.5, 1.0, 0.0]], dtype=DOUBLE)
    t = torch.tensor([1.0, -2.0, 0.5, 3.0], dtype=DOUBLE)
    makers = {
        "gradient-descent": lambda w: torch.optim.SGD(w, lr=0.05, weight_decay=0.01),
        "sgd": lambda w: torch.optim.SGD(w, lr=0.1),
        "momentum": lambda w: torch.optim.SGD(w, lr=0.05, momentum=0.9, weight_decay=0.01),
        "nesterov": lambda w: torch.optim.SGD(w, lr=0.05, momentum=0.9, nesterov=True),
        "adagrad": lambda w: torch.optim.Adagrad(w, lr=0.3, eps=1e-8, weight_decay=0.01),
        "rmsprop": lambda w: torch.optim.RMSprop(w, lr=0.05, alpha=0.99, eps=1e-8, weight_decay=0.01),
        "adam": lambda w: torch.optim.Adam(w, lr=0.1, betas=(0.9, 0.999), eps=1e-8, weight_decay=0.01),
        "adamw": lambda w: torch.optim.AdamW(w, lr=0.1, betas=(0.9, 0.999), eps=1e-8, weight_decay=0.1),
    }
    out = {}
    for name, make in makers.items():
        w = torch.tensor([[1.0], [-2.0], [0.5]], dtype=DOUBLE, requires_grad=True)
        optimizer = make([w])
        steps = []
        for _ in range(5):
            optimizer.zero_grad()
            loss = F.mse_loss((x @ w).squeeze(1), t)
            loss.backward()
            optimizer.step()
            steps.append(w.detach().flatten().tolist())
        out[name] = steps
    text = {"source": "PyTorch %s, reference.py" % torch.__version__, "x": x.tolist(), "t": t.tolist(),
            "w": [1.0, -2.0, 0.5], "steps": out}
    (HERE / "optimizers.json").write_text(json.dumps(text, indent=1) + "\n")


def linear(w, x):
    return F.linear(x, w["weight"], w["bias"])


def mlp(w, x):
    h = F.linear(x, w["layer0.weight"], w["layer0.bias"])
    h = F.batch_norm(h, w["norm0.running_mean"], w["norm0.running_var"], w["norm0.weight"], w["norm0.bias"])
    return F.linear(F.silu(h), w["layer1.weight"], w["layer1.bias"])


def conv_norm(w, name, x, stride=1):
    kernel = w[name + ".conv.weight"]
    y = F.conv2d(x, kernel, stride=stride, padding=kernel.shape[2] // 2)
    return F.batch_norm(y, w[name + ".norm.running_mean"], w[name + ".norm.running_var"],
                        w[name + ".norm.weight"], w[name + ".norm.bias"])


def vgg(w, x):
    for stage in range(2):
        for block in range(2):
            x = F.relu(conv_norm(w, "stage%d_%d" % (stage, block), x))
        x = F.max_pool2d(x, 2)
    h = F.relu(F.linear(x.flatten(1), w["hidden.weight"], w["hidden.bias"]))
    return F.linear(h, w["output.weight"], w["output.bias"])


def residual(w, x):
    x = F.relu(conv_norm(w, "stem", x))
    for stage in range(2):
        name = "stage%d_0" % stage
        stride = 2 if stage > 0 else 1
        shortcut = conv_norm(w, name + ".shortcut", x, stride) if stage > 0 else x
        x = F.relu(shortcut + conv_norm(w, name + ".second", F.relu(conv_norm(w, name + ".first", x, stride))))
    return F.linear(x.mean((2, 3)), w["output.weight"], w["output.bias"])


def recurrent(kind):
    def run(w, x):
        cell = {"vanilla": torch.nn.RNN, "gru": torch.nn.GRU, "lstm": torch.nn.LSTM}[kind]
        layer = cell(w["rnn.weight_ih_l0"].shape[1], w["rnn.weight_hh_l0"].shape[1], num_layers=2, batch_first=True)
        layer.load_state_dict({k[4:]: v for k, v in w.items() if k.startswith("rnn.")})
        return F.linear(layer(x)[0], w["output.weight"], w["output.bias"])
    return run


def attention(w, x):
    heads, layers = 2, 2
    n, length = x.shape
    h = F.embedding(x, w["symbols.weight"]) + w["places.weight"][:length]
    width = h.shape[2]
    for i in range(layers):
        p = "layer%d." % i
        qkv = F.linear(F.layer_norm(h, (width,), w[p + "norm1.weight"]), w[p + "query_key_value.weight"])
        q, k, v = (part.view(n, length, heads, width // heads).transpose(1, 2) for part in qkv.split(width, 2))
        y = F.scaled_dot_product_attention(q, k, v, is_causal=True).transpose(1, 2).reshape(n, length, width)
        h = h + F.linear(y, w[p + "mix.weight"])
        y = F.gelu(F.linear(F.layer_norm(h, (width,), w[p + "norm2.weight"]), w[p + "up.weight"]))
        h = h + F.linear(y, w[p + "down.weight"])
    return F.linear(F.layer_norm(h, (width,), w["norm.weight"]), w["symbols.weight"])


def norm(shapes, name, width):
    shapes.update({name + ".weight": (width,), name + ".bias": (width,), name + ".running_mean": (width,),
                   name + ".running_var": (width,), name + ".num_batches_tracked": ()})


def conv(shapes, name, inputs, outputs, kernel=3):
    shapes[name + ".conv.weight"] = (outputs, inputs, kernel, kernel)
    norm(shapes, name + ".norm", outputs)


def shapes_of(model):
    s = {}
    if model == "linear":
        s = {"weight": (2, 3), "bias": (2,)}
    elif model == "mlp":
        s = {"layer0.weight": (5, 4), "layer0.bias": (5,), "layer1.weight": (3, 5), "layer1.bias": (3,)}
        norm(s, "norm0", 5)
    elif model == "vgg":
        for name, i, o in (("stage0_0", 2, 3), ("stage0_1", 3, 3), ("stage1_0", 3, 4), ("stage1_1", 4, 4)):
            conv(s, name, i, o)
        s.update({"hidden.weight": (5, 16), "hidden.bias": (5,), "output.weight": (3, 5), "output.bias": (3,)})
    elif model == "residual":
        conv(s, "stem", 2, 3)
        conv(s, "stage0_0.first", 3, 3)
        conv(s, "stage0_0.second", 3, 3)
        conv(s, "stage1_0.first", 3, 4)
        conv(s, "stage1_0.second", 4, 4)
        conv(s, "stage1_0.shortcut", 3, 4, 1)
        s.update({"output.weight": (3, 4), "output.bias": (3,)})
    elif model == "attention":
        s = {"symbols.weight": (5, 8), "places.weight": (6, 8), "norm.weight": (8,)}
        for i in range(2):
            p = "layer%d." % i
            s.update({p + "norm1.weight": (8,), p + "query_key_value.weight": (24, 8), p + "mix.weight": (8, 8),
                      p + "norm2.weight": (8,), p + "up.weight": (32, 8), p + "down.weight": (8, 32)})
    else:
        gates = {"vanilla": 1, "gru": 3, "lstm": 4}[model] * 4
        for layer, inputs in ((0, 3), (1, 4)):
            s.update({"rnn.weight_ih_l%d" % layer: (gates, inputs), "rnn.weight_hh_l%d" % layer: (gates, 4),
                      "rnn.bias_ih_l%d" % layer: (gates,), "rnn.bias_hh_l%d" % layer: (gates,)})
        s.update({"output.weight": (2, 4), "output.bias": (2,)})
    return s


def forward():
    models = {"linear": (linear, (4, 3)), "mlp": (mlp, (4, 4)), "vgg": (vgg, (2, 2, 8, 8)),
              "residual": (residual, (2, 2, 8, 8)), "vanilla": (recurrent("vanilla"), (2, 5, 3)),
              "gru": (recurrent("gru"), (2, 5, 3)), "lstm": (recurrent("lstm"), (2, 5, 3)),
              "attention": (attention, None)}
    out = {}
    for name, (run, shape) in models.items():
        weights = {}
        for key, size in shapes_of(name).items():
            if key.endswith("num_batches_tracked"):
                weights[key] = torch.tensor(7)
            elif key.endswith("running_var"):
                weights[key] = torch.rand(size) + 0.5
            else:
                weights[key] = torch.randn(size) * (1.0 if len(size) < 2 else 1.5 / math.sqrt(size[1]))
        x = torch.randint(0, 5, (2, 6)) if shape is None else torch.randn(shape)
        with torch.no_grad():
            y = run(weights, x)
        out.update({"%s/weights/%s" % (name, k): v for k, v in weights.items()})
        out[name + "/x"] = x
        out[name + "/y"] = y
    save_file({k: v.contiguous() for k, v in out.items()}, HERE / "forward.safetensors",
              metadata={"source": "PyTorch %s, reference.py" % torch.__version__})


if __name__ == "__main__":
    torch.manual_seed(1)
    optimizers()
    forward()
