#!/usr/bin/env python3
"""CartPole steps per second of EnvPool and of Gymnasium's vector environment, on one core.

For `tengen bench env --compare "python3 experiments/bench/compare_envs.py"`; needs `pip install envpool
gymnasium`. Random actions made beforehand, 1024 environments. Seconds are those of the processor,
over all threads, as the bench counts its own. Prints one JSON object of names and rates.
"""

import json
import sys
import time
import warnings

import numpy as np

ENVS = 1024
ROWS = 32


def rate(env, actions, seconds):
    env.reset()
    for row in actions:
        env.step(row)
    steps = 0
    begin = time.process_time()
    while time.process_time() - begin < seconds:
        for row in actions:
            env.step(row)
        steps += ENVS * ROWS
    return steps / (time.process_time() - begin)


def main():
    warnings.simplefilter("ignore")
    seconds = float(sys.argv[1]) if len(sys.argv) > 1 else 1.0
    actions = np.random.default_rng(1).integers(0, 2, (ROWS, ENVS))
    rates = {}
    try:
        import envpool

        pool = envpool.make(
            "CartPole-v1", env_type="gymnasium", num_envs=ENVS, num_threads=1, seed=1
        )
        rates["EnvPool"] = rate(pool, actions.astype(np.int32), seconds)
    except ImportError:
        pass
    import gymnasium

    vec = gymnasium.make_vec(
        "CartPole-v1", num_envs=ENVS, vectorization_mode="vector_entry_point"
    )
    rates["Gymnasium"] = rate(vec, actions, seconds)
    print(json.dumps(rates))


if __name__ == "__main__":
    main()
