"""What ``gmvae bench`` measures: a step, its parts, the published settings, a whole training."""

from collections.abc import Callable
from typing import Any

import pandas as pd
import torch

from gmvae.bench.busy import beside_a_busy_process
from gmvae.bench.full_training import full_training, make_images
from gmvae.bench.step_parts import matrix_products, step_parts
from gmvae.bench.turns import in_turns, spread
from gmvae.data.sources import load_dataset
from gmvae.training.configuration import PUBLISHED_CONFIG, TrainingConfig
from gmvae.training.device import best_device
from gmvae.training.precision import choose_precision
from gmvae.training.step import Step, operations, precisions
from gmvae.training.trained import TrainedModel, make_model


def measure(dataset: str, repeats: int, images: int, epochs: int) -> dict[str, Any]:
    """Return every figure as a plain number or text; times in seconds, memory in bytes.

    Parameters
    ----------
    dataset
        A name or path for :func:`gmvae.data.sources.load_dataset`; a whole training is on warped
        copies of its images, a single step on random ones.
    repeats
        Durations are medians over so many turns, in each of which all that is compared is timed.
    images, epochs
        Size and length of the training whose time and memory are measured.

    Returns
    -------
    dict
        Among others ``image_seconds`` of a step, by configuration and precision; ``times_cheaper``,
        their ratio in the same precision; and ``spreads``, the interquartile range of a duration or
        ratio over its median, by the name that the report gives it, None of fewer than 4 values.
    """
    data, config, device = load_dataset(dataset), TrainingConfig(), best_device()
    costs = step_costs(config, device, repeats)
    busy = busy_costs(config, device, repeats)
    copies = make_images(data.images, images)  # (images, 28, 28)
    model = make_model(config).to(device).eval()
    untrained = TrainedModel(model, config, pd.DataFrame(), 0.0, costs["precision"], "", "")
    work = {"responsibilities": lambda: untrained.responsibilities(copies)}
    responsibilities = in_turns(work, repeats)["responsibilities"]
    full = full_training(copies, epochs, costs["precision"])
    spreads = {"responsibilities": spread(responsibilities), "an epoch": full.pop("spread")}
    spreads |= busy.pop("spreads")
    return {
        "repeats": repeats,
        "images": f"warped copies of {min(images, len(data)):,} images of {data.name}",
        "n_images": images,
        **costs,
        **busy,
        "responsibilities_seconds": float(responsibilities.median()),
        "epochs_measured": epochs,
        "epochs": config.epochs,
        **full,
        "spreads": costs["spreads"] | spreads,
    }


def step_costs(config: TrainingConfig, device: torch.device, turns: int) -> dict[str, Any]:
    """Return what a step of `config` costs, its parts, and one of the published configuration.

    Both configurations in every precision of `device`, the parts in that of training.
    """
    known, trained_in = precisions(device), choose_precision(config, device)
    ours = {p: Step(config, device, p) for p in known}
    theirs = {p: Step(PUBLISHED_CONFIG, device, p) for p in known}
    parts = step_parts(ours[trained_in])
    works: dict[str, Callable[[], object]] = {f"step in {p}": step for p, step in ours.items()}
    works |= {f"published in {p}": step for p, step in theirs.items()}
    works |= {f"products in {p}": matrix_products(step) for p, step in ours.items()}
    taken = in_turns({**works, **parts}, turns)
    median = taken.median().to_dict()
    speeds = {
        p: {
            "images_per_second": config.batch_size / median[f"step in {p}"],
            "share_of_matrix_products": median[f"products in {p}"] / median[f"step in {p}"],
        }
        for p in known
    }
    return {
        "precision": trained_in,
        "step_seconds": median[f"step in {trained_in}"],
        **speeds.pop(trained_in),
        "other_precisions": speeds,
        "parts_seconds": {name: median[name] for name in parts},
        **_against_published(ours, theirs, taken),
    }


def busy_costs(config: TrainingConfig, device: torch.device, turns: int) -> dict[str, Any]:
    """Return ``busy_seconds`` of a step beside a busy process, with all threads and with one.

    Nothing but empty ``spreads`` on a GPU, whose steps wait for no thread.
    """
    if device.type != "cpu":
        return {"spreads": {}}
    taken = beside_a_busy_process(Step(config, device, choose_precision(config, device)), turns)
    ratio = taken["all threads"] / taken["one thread"]  # (turns,)
    return {
        "busy_seconds": taken.median().to_dict(),
        "spreads": {"beside a busy process": spread(ratio)},
    }


def _against_published(
    ours: dict[str, Step], theirs: dict[str, Step], taken: pd.DataFrame
) -> dict[str, Any]:
    """Return what an image costs in either configuration, and all spreads."""
    default, published = (
        pd.DataFrame({p: taken[f"{name} in {p}"] / s.n_images for p, s in steps.items()})
        for name, steps in (("step", ours), ("published", theirs))
    )  # (turns, precisions) each
    ratios = (published / default).add_prefix("both in ")  # (turns, precisions)
    seconds = {"default": default.median().to_dict(), "published": published.median().to_dict()}
    counts = [operations(s["float32"]) / s["float32"].n_images for s in (ours, theirs)]
    return {
        "image_seconds": seconds,
        "times_cheaper": {p: seconds["published"][p] / seconds["default"][p] for p in ours},
        "operations_per_image": counts[0],
        "published_operations_per_image": counts[1],
        "times_fewer_operations": counts[1] / counts[0],
        "spreads": {name: spread(values) for name, values in taken.join(ratios).items()},
    }
