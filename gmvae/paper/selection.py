"""``gmvae select``: the images to be labelled, as a table, a contact sheet and a page."""

import base64
import hashlib
import io
import json
import shlex
from importlib.resources import files
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from PIL import Image

from gmvae.checks import whole
from gmvae.decoding.few_labels import decode_labelled
from gmvae.decoding.neighbours import nearest_points
from gmvae.decoding.posterior import Posterior
from gmvae.decoding.selection import choose, uncertain_of_clusters
from gmvae.errors import InputError
from gmvae.files import atomic_path, check_writable, write_text
from gmvae.paper.label_file import GivenLabels, holds_labels
from gmvae.paper.labelling import check_apart_from_labels, check_folder, checked_labels
from gmvae.runs.directory import Run, check_apart

Array = NDArray[Any]
_NEAR = 8  # images shown beside the one to be labelled
_DATA = '<script id="data" type="application/json">{}</script>'


def select_images(
    run_dir: Path, n: int, out: Path | None, strategy: str, after: Path | None, seed: int = 0
) -> Path:
    """Write ``selection.csv``, ``selection.png`` and ``selection.html``.

    Parameters
    ----------
    run_dir
        A run with a posterior.
    n
        Images to choose, from 1 to those without a label.
    out
        Where to write; None: the run directory.
    strategy
        A name in :data:`gmvae.decoding.selection.STRATEGIES`; not used with `after`.
    after
        Labels that are there, a CSV file; further images are chosen where these leave doubt.
    seed
        Not negative.

    Returns
    -------
    Path
        Of ``selection.html``.

    Raises
    ------
    InputError
        If the run, its data, the labels, `n` or `strategy` cannot be used; nothing has been
        written then.
    """
    run, folder = Run(run_dir), run_dir if out is None else check_folder(out)
    posterior, data = run.posterior(), run.dataset()
    images, names = data.images, data.extra.get("file")  # (N, 28, 28), (N,)
    check_apart(folder, data, run.configuration["dataset"])
    written = [folder / f"selection.{kind}" for kind in ("csv", "png", "html")]
    for path in written:
        check_writable(path, "--out")
    table_path, sheet_path, page_path = written
    if after is not None:
        check_apart_from_labels(after, *written)
    _check_without_labels(table_path)
    given = None if after is None else checked_labels(after, len(images), names)
    chosen = _chosen(posterior, n, strategy, given, seed)  # (n,)
    component = posterior.responsibilities[chosen].argmax(axis=1)  # (n,)
    table = pd.DataFrame({"index": chosen, "component": component})
    if names is not None:
        table["file"] = names[chosen]
    with atomic_path(table_path) as temporary:
        table.to_csv(temporary, index=False)
    _write_sheet(sheet_path, images[chosen], chosen)
    command = shlex.join(["gmvae", "label", "--run", str(run_dir), "--labels", "labels.csv"])
    page = labelling_page(images, posterior.latent_mean, chosen, given, command, names)
    write_text(page_path, page)
    print(f"{n} images to label are in {table_path} and on {sheet_path}.")
    print(f"To label them, open {page_path} in a browser, then: {command}")
    return page_path


def _check_without_labels(path: Path) -> None:
    """Refuse to write over a selection into which a person has typed labels."""
    if path.is_file() and holds_labels(path):
        raise InputError(
            f"{path} has a column label that is filled in and would be written over: give it"
            " another name, such as labels.csv, or name another folder with --out."
        )


def _chosen(
    posterior: Posterior, n: int, strategy: str, given: GivenLabels | None, seed: int
) -> Array:
    """Return the positions ``(n,)`` of the images to be labelled."""
    R, Z = posterior.responsibilities, posterior.latent_mean  # (N, K), (N, D)
    if given is None:
        return choose(strategy, R, Z, n, seed)
    n_open = len(Z) - len(given)
    if not n_open:
        raise InputError(f"all {len(Z)} images have a label; there is none to choose.")
    whole("n", n, 1, n_open, f", the {n_open} images without a label")
    decoded = decode_labelled(Z, given.index, given.label)
    doubt = 1 - np.nan_to_num(decoded.probability, nan=0.5)  # (N,)
    doubt = np.where(decoded.given, 0, np.maximum(doubt, 1e-3))  # no image is certain
    return uncertain_of_clusters(Z, doubt, n, seed)


def _write_sheet(path: Path, images: Array, numbers: Array) -> None:
    """Write the contact sheet of ``images (n, 28, 28)``."""
    import matplotlib.pyplot as plt

    from gmvae.figures.contact_sheet import contact_sheet

    figure = contact_sheet(images, [str(number) for number in numbers])
    with atomic_path(path) as temporary:
        figure.savefig(temporary, dpi=150)
    plt.close(figure)


def labelling_page(
    images: Array,
    Z: Array,
    chosen: Array,
    given: GivenLabels | None,
    command: str,
    names: Array | None = None,
) -> str:
    """Return the HTML page on which a person labels the chosen images; it holds all it needs.

    Parameters
    ----------
    images : uint8 array (N, 28, 28)
    Z : array (N, D)
        Latent means; the nearest images are shown beside each.
    chosen : int array (n,)
        In the order in which they are shown.
    given : GivenLabels, optional
        Labels that are there; the file that the page saves begins with them.
    command : str
        What comes next, shown once labels are saved.
    names : str array (N,), optional
        Of the images' files, saved with the labels.
    """
    before = [] if given is None else list(zip(given.index.tolist(), given.label, strict=True))
    near = nearest_points(Z[chosen], Z, _NEAR + 1)[0]  # (n, 9), most often itself first
    entries = [
        {
            "index": int(index),
            "picture": _data_uri(images[index]),
            "near": [_data_uri(images[i]) for i in row[row != index][:_NEAR]],
        }
        for index, row in zip(chosen, near, strict=True)
    ]
    content = images[chosen].tobytes() + json.dumps([chosen.tolist(), before]).encode()
    key = f"gmvae-labels-{hashlib.sha256(content).hexdigest()[:16]}"
    used = [*chosen.tolist(), *(index for index, _ in before)]
    files_ = None if names is None else {index: str(names[index]) for index in used}
    data = {"images": entries, "before": before, "key": key, "command": command, "files": files_}
    text = json.dumps(data, ensure_ascii=False).replace("<", "\\u003c")  # cannot end the script
    template = files("gmvae.paper").joinpath("selection.html").read_text(encoding="utf-8")
    return template.replace(_DATA, _DATA.replace("{}", text))


def _data_uri(image: Array) -> str:
    """Return an image as dark ink on white paper, a PNG in base64."""
    buffer = io.BytesIO()
    Image.fromarray(255 - image).save(buffer, "PNG")
    return f"data:image/png;base64,{base64.b64encode(buffer.getvalue()).decode()}"
