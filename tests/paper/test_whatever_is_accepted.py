"""Whatever `gmvae paper` accepts it finishes: small data and parameters that nobody has tried.

The chapters are walked in one process, with every output shown as a notebook would show it.
`GMVAE_WALKS=100` walks more often than the tests do, and each time elsewhere.
"""

import os
import tempfile
from pathlib import Path

import nbformat
import numpy as np
import pytest
from hypothesis import HealthCheck, Phase, event, given, note, settings
from hypothesis import strategies as st
from IPython.core.interactiveshell import InteractiveShell
from traitlets.config import Config

from gmvae.baselines.registry import METHODS
from gmvae.errors import InputError
from gmvae.paper import pipeline

WALKS = int(os.environ.get("GMVAE_WALKS", "3"))
NAMES = st.text(st.characters(codec="utf-8", exclude_characters="\0"), min_size=1, max_size=3)


class _Walk:
    """Runs the cells of a chapter here, as :func:`gmvae.paper.pipeline._execute` does there."""

    def __init__(self):
        self.shell = InteractiveShell(config=Config({"HistoryManager": {"enabled": False}}))

    def __call__(self, chapter, run_dir, values, lock):
        self.shell.reset(new_session=False)
        places = {"run_dir": str(run_dir), "out_dir": str(run_dir)}
        own = {k: v for k, v in {**values, **places}.items() if k in chapter.declared}
        for cell in nbformat.read(chapter.path, as_version=4).cells:
            if cell.cell_type != "code":
                continue
            result = self.shell.run_cell(cell.source, store_history=False, silent=True)
            result.raise_error()
            self.shell.display_formatter.format(result.result)
            if "parameters" in cell.metadata.get("tags", []):
                self.shell.user_ns.update(own)


@st.composite
def data_sets(draw):
    """A few images of noise, of a stroke or all alike, with as few as one class."""
    n = draw(st.integers(4, 40))
    seed, kind = draw(st.integers(0, 99)), draw(st.sampled_from(["noise", "strokes", "alike"]))
    rng = np.random.default_rng(seed)
    images = rng.integers(0, 256, (n, 28, 28), dtype=np.uint8)
    names = draw(st.lists(NAMES, min_size=1, max_size=5, unique=True))
    labels = rng.integers(0, len(names), n)
    if kind != "noise":
        images[:] = 0
        for i, label in enumerate(labels if kind == "strokes" else np.zeros(n, int)):
            images[i, 4 + 4 * label : 7 + 4 * label, 6:20] = 200
    content = {"images": images, "labels": labels, "class_names": np.array(names)}
    if draw(st.booleans()):
        content["split"] = rng.integers(0, 2, n)
    return content


def parameters(n):
    """Parameters, most of which fit `n` images."""
    counts = st.lists(st.integers(1, n // 2), min_size=1, max_size=2, unique=True)
    quick = sorted(set(METHODS) - {name for name in METHODS if name.endswith("-tuned")})
    return st.fixed_dictionaries(
        {
            "n_components": st.integers(1, min(6, n)),
            "latent_dim": st.integers(1, 3),
            "epochs": st.integers(1, 2),
            "batch_size": st.integers(1, 64),
            "encoder_hidden": st.just([8]),
            "decoder_hidden": st.just([8]),
            "n_labels": st.integers(2, n // 2),
            "budgets": counts,
            "choice_budgets": counts,
            "label_seeds": st.lists(st.integers(0, 2**32 - 1), min_size=1, max_size=2, unique=True),
            "model_seed": st.just(0),
            "methods": st.lists(st.sampled_from(quick), min_size=1, max_size=5, unique=True),
            "confidence": st.floats(0.5, 0.999),
            "normalise": st.booleans(),
            "inductive": st.booleans(),
            "stratified": st.booleans(),
            "factorisation": st.sampled_from(["shared", "per-component"]),
            "sweep_components": st.none() | counts,
            "sweep_model_seeds": st.just([0]),
            "comparison_images": st.integers(n // 2, n),
            "comparison_components": st.integers(2, max(2, n // 4)),
            "comparison_epochs": st.just(1),
            "comparison_top": st.just([1]),
            "n_jobs": st.just(1),
        }
    )


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")  # of a legend without a line, as a notebook's reader sees
@settings(
    max_examples=WALKS,
    derandomize="GMVAE_WALKS" not in os.environ,
    deadline=None,
    phases=(Phase.explicit, Phase.reuse, Phase.generate),  # to shrink a failure takes minutes
    suppress_health_check=list(HealthCheck),
    print_blob=True,
)
@given(content=data_sets(), draw=st.data())
def test_whatever_is_accepted_is_finished(content, draw):
    values = draw.draw(parameters(len(content["images"])))
    with tempfile.TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        path, out = Path(folder) / "small.npz", Path(folder) / "run"
        np.savez(path, **content)
        patch.setattr(pipeline, "_execute", _Walk())
        given_values = {**values, "dataset": str(path)}
        try:
            pipeline.make_paper("digits", given_values, out, book=False)
        except InputError as refusal:
            note(str(refusal))
            event("refused")
            print("REFUSED", refusal)
            assert not (out / "results").exists() or not list((out / "results").glob("0*"))
            return
        event("finished")
        assert len(list((out / "stamps").glob("*.json"))) == len(pipeline.load_chapters())
