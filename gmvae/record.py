"""Results on record: the small files of a full run, kept with the project."""

import shutil
from pathlib import Path

from gmvae.chapters import PROJECT
from gmvae.errors import InputError
from gmvae.files import atomic_path

RECORD = PROJECT / "book" / "record"
LARGEST = 500_000  # bytes; a record is small enough to be reviewed and cloned


def put_on_record(run_dir: Path, record: Path = RECORD) -> Path:
    """Copy the results of a finished run to ``book/record/<data set>``.

    Raises
    ------
    InputError
        If `run_dir` holds no finished run, or a file is too large for a record.
    """
    results = run_dir / "results"
    if not (results / "supervision.csv").is_file() or not (results / "summary.json").is_file():
        raise InputError(
            f"{run_dir} holds no finished run: `gmvae paper --out {run_dir}` makes it."
        )
    files = sorted([*results.glob("*.json"), *results.glob("*.csv")])
    too_large = [path.name for path in files if path.stat().st_size > LARGEST]
    if too_large:
        raise InputError(f"{too_large[0]} is over {LARGEST:,} bytes, too large for a record.")
    from gmvae.pages import read_results

    target = record / read_results(results).summary["data"]["name"]
    for path in files:
        with atomic_path(target / path.name) as temporary:
            shutil.copyfile(path, temporary)
    return target
