"""Workers in motion for measurements: walkers, riders and people who stand, seen through phones, once a second."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

WORKERS = 4_383
STANDING_SHARE = 0.55
RIDER_SHARE = 0.3
WALK_M_S, RIDE_M_S = 1.2, 5.0
STAY_S = 400.0  # mean time until somebody who stands goes on
GPS_SIGMA_M, GPS_MEMORY_S = 3.0, 60.0
REPORT_STEP_M = (1.0, 5.0)  # a phone repeats its place until it is this far off: moving, standing
QUANTUM_M = 0.55
IntGrid = npt.NDArray[np.int32]


@dataclass(frozen=True, slots=True)
class Motion:
    """Positions in quanta and states, [second, worker]."""

    x: IntGrid
    y: IntGrid
    state: npt.NDArray[np.uint8]


def motion(seconds: int, workers: int = WORKERS, seed: int = 1, settle_s: int = 90) -> Motion:
    """Return `seconds` of motion after `settle_s` that let errors and habits settle."""
    source = np.random.default_rng(seed)
    middle = source.uniform(0, 90_000, (workers, 2))
    pace = np.where(source.random(workers) < RIDER_SHARE, RIDE_M_S, WALK_M_S)
    speed = pace * source.uniform(0.8, 1.2, workers)
    heading = source.uniform(0, 2 * math.pi, workers)
    is_moving = source.random(workers) > STANDING_SHARE
    start_chance = 1 / STAY_S
    stop_chance = start_chance * STANDING_SHARE / (1 - STANDING_SHARE)
    keep = math.exp(-1 / GPS_MEMORY_S)
    error = source.normal(0, GPS_SIGMA_M, (workers, 2))
    shown = middle + error
    state = source.integers(0, 4, workers).astype(np.uint8)
    xs, ys, states = [], [], []
    for second in range(-settle_s, seconds):
        chance = source.random(workers)
        is_moving = np.where(is_moving, chance > stop_chance, chance < start_chance)
        heading += source.normal(0, 0.1, workers) + (source.random(workers) < 0.02) * source.choice(
            [-1.5, 1.5], workers
        )
        speed += 0.1 * (pace - speed) + source.normal(0, 0.08, workers) * pace
        stride = np.where(is_moving, np.clip(speed, 0.2 * pace, 1.6 * pace), 0)
        middle += np.stack((np.cos(heading), np.sin(heading)), 1) * stride[:, None]
        drift = GPS_SIGMA_M * math.sqrt(1 - keep * keep)
        error = keep * error + source.normal(0, drift, (workers, 2))
        off = np.hypot(*(middle + error - shown).T)
        reports = off >= np.where(is_moving, REPORT_STEP_M[0], REPORT_STEP_M[1])
        shown = np.where(reports[:, None], middle + error, shown)
        restated = source.random(workers) < 1 / 600
        state = np.where(restated, source.integers(0, 4, workers), state).astype(np.uint8)
        if second >= 0:
            quanta = np.round(shown / QUANTUM_M).astype(np.int32)
            xs.append(quanta[:, 0])
            ys.append(quanta[:, 1])
            states.append(state)
    return Motion(np.stack(xs), np.stack(ys), np.stack(states))


def predictive_entropy_bytes(moved: Motion) -> float:
    """Return the mean information of one second in bytes, for a predictor that knows each worker's last three steps.

    Who moves, given who moved in the three seconds before; the step's difference to the mean of the three, apart for
    slow and fast; and state changes. No code that predicts no better can be shorter.
    """
    dx, dy = np.diff(moved.x, axis=0), np.diff(moved.y, axis=0)
    moves = (dx != 0) | (dy != 0)
    now = moves[3:]
    history = 4 * moves[2:-1] + 2 * moves[1:-2] + 1 * moves[:-3]
    flags = sum(
        float((history == k).mean()) * _entropy(now[history == k]) for k in range(8) if (history == k).any()
    )
    mean_x = (dx[2:-1] + dx[1:-2] + dx[:-3]) / 3
    mean_y = (dy[2:-1] + dy[1:-2] + dy[:-3]) / 3
    off_x, off_y = np.round(dx[3:] - mean_x), np.round(dy[3:] - mean_y)
    is_fast = np.maximum(np.abs(mean_x), np.abs(mean_y)) >= 4
    steps = 0.0
    for fast in (False, True):
        chosen = now & (is_fast == fast)
        if chosen.any():
            steps += float(chosen.mean()) * (_entropy(off_x[chosen]) + _entropy(off_y[chosen]))
    restated = np.diff(moved.state.astype(int), axis=0) != 0
    states = _entropy(restated) + float(restated.mean()) * 2
    return float((flags + steps + states) * moved.x.shape[1] / 8)


def _entropy(symbols: npt.NDArray[np.generic]) -> float:
    _, counts = np.unique(symbols, return_counts=True)
    share = counts / counts.sum()
    return float(-(share * np.log2(share)).sum())
