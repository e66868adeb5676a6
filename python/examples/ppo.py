"""PPO (Schulman et al. 2017) on a vector environment of Tengen.

    python ppo.py --steps 100000

Prints the mean length of the episodes that ended in each round: with CartPole 500 is the most.
"""

import argparse

import gymnasium
import numpy as np
import torch
from torch import nn

import tengen  # noqa: F401  registers the tasks


class Agent(nn.Module):
    """Two small networks: logits of actions, and the value."""

    def __init__(self, observations, actions):
        super().__init__()
        self.policy = self._mlp(observations, actions, gain=0.01)
        self.value = self._mlp(observations, 1, gain=1.0)

    @staticmethod
    def _mlp(inputs, outputs, gain):
        layers = [nn.Linear(inputs, 64), nn.Tanh(), nn.Linear(64, 64), nn.Tanh(),
                  nn.Linear(64, outputs)]  # fmt: skip
        for layer, scale in zip(layers[::2], (2**0.5, 2**0.5, gain)):
            nn.init.orthogonal_(layer.weight, scale)
            nn.init.zeros_(layer.bias)
        return nn.Sequential(*layers)

    def forward(self, observations):
        return torch.distributions.Categorical(logits=self.policy(observations)), self.value(
            observations
        ).squeeze(-1)


def advantages(rewards, values, ended, discount=0.99, decay=0.95):
    """Generalised advantage estimation (Schulman et al. 2016, equation 16).

    Parameters
    ----------
    rewards, ended : torch.Tensor
        float32 [T, N].
    values : torch.Tensor
        float32 [T + 1, N].

    Returns
    -------
    torch.Tensor
        float32 [T, N].
    """
    result = torch.zeros_like(rewards)
    running = torch.zeros(rewards.shape[1])
    for t in reversed(range(len(rewards))):
        delta = rewards[t] + discount * values[t + 1] * (1 - ended[t]) - values[t]
        running = delta + discount * decay * (1 - ended[t]) * running
        result[t] = running
    return result


def collect(envs, agent, observation, length, lengths, running):
    """Plays `length` steps; appends the lengths of episodes that end to `lengths`."""
    steps = []
    for _ in range(length):
        with torch.no_grad():
            policy, value = agent(observation)
            action = policy.sample()
        following, reward, terminated, truncated, info = envs.step(action.numpy())
        ended = terminated | truncated
        reward = torch.from_numpy(reward).float()
        cut = np.flatnonzero(truncated & ~terminated)
        if len(cut):  # a time limit is no end: go on with the value of the last observation
            final = torch.from_numpy(np.stack([info["final_obs"][i] for i in cut]))
            with torch.no_grad():
                reward[cut] += 0.99 * agent(final)[1]
        running += 1
        lengths.extend(running[ended])
        running[ended] = 0
        steps.append((observation, action, policy.log_prob(action), value, reward,
                      torch.from_numpy(ended).float()))  # fmt: skip
        observation = torch.from_numpy(following)
    return observation, [torch.stack(column) for column in zip(*steps)]


def update(agent, optimizer, batch, epochs=4, minibatches=4, clip=0.2):
    """A few epochs of PPO's clipped objective over one round."""
    observations, actions, log_probs, advantage, returns = batch
    for _ in range(epochs):
        for rows in torch.randperm(len(actions)).chunk(minibatches):
            policy, value = agent(observations[rows])
            ratio = (policy.log_prob(actions[rows]) - log_probs[rows]).exp()
            scale = advantage[rows]
            scale = (scale - scale.mean()) / (scale.std() + 1e-8)
            clipped = torch.min(ratio * scale, ratio.clamp(1 - clip, 1 + clip) * scale)
            loss = (-clipped.mean() + 0.25 * (value - returns[rows]).square().mean()
                    - 0.01 * policy.entropy().mean())  # fmt: skip
            optimizer.zero_grad()
            loss.backward()
            nn.utils.clip_grad_norm_(agent.parameters(), 0.5)
            optimizer.step()


def train(task, steps, num_envs=8, length=128, seed=1, report=print):
    """Trains an agent.

    Parameters
    ----------
    task : str
        Such as "tengen/CartPole-v1".
    steps : int
        Of all environments together.

    Returns
    -------
    agent : Agent
    history : list of float
        Mean length of the episodes that ended in each round.
    """
    torch.manual_seed(seed)
    envs = gymnasium.make_vec(task, num_envs=num_envs, autoreset_mode="SameStep")
    agent = Agent(envs.single_observation_space.shape[0], int(envs.single_action_space.n))
    optimizer = torch.optim.Adam(agent.parameters(), lr=1e-3, eps=1e-5)
    observation = torch.from_numpy(envs.reset(seed=seed)[0])
    running = np.zeros(num_envs, int)
    history = []
    rounds = steps // (num_envs * length)
    for number in range(rounds):
        optimizer.param_groups[0]["lr"] = 1e-3 * (1 - number / rounds)
        lengths = []
        observation, columns = collect(envs, agent, observation, length, lengths, running)
        observations, actions, log_probs, values, rewards, ended = columns
        with torch.no_grad():
            last = agent(observation)[1]
        advantage = advantages(rewards, torch.cat([values, last[None]]), ended)
        batch = [column.flatten(0, 1) for column in
                 (observations, actions, log_probs, advantage, advantage + values)]  # fmt: skip
        update(agent, optimizer, batch)
        history.append(float(np.mean(lengths)) if lengths else float("nan"))
        report(f"{(number + 1) * num_envs * length:7d} steps  mean length {history[-1]:6.1f}")
    return agent, history


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--task", default="tengen/CartPole-v1")
    parser.add_argument("--steps", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    train(arguments.task, arguments.steps, seed=arguments.seed)
