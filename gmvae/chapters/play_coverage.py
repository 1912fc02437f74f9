"""Chapter 03, to play with: how many random labels reach every component."""

from gmvae.chapters.label_bound import ARTICLE_N
from gmvae.coverage.probability import labels_to_cover
from gmvae.pages.play import Piece

SIZES = (1_000, 2_000, 5_000, 10_000, 20_000, 50_000, 100_000, ARTICLE_N, 300_000, 1_000_000)
CONFIDENCES = (0.5, 0.8, 0.9, 0.95, 0.99, 0.999)
LARGEST = 400  # K of the slider, unless the run's own is larger
_STILL = (25, 50, 100, 200)  # K of the still picture


def coverage(n_components: int, population: int, confidence: float) -> Piece:
    """Return the piece for a run: it begins with the run's own numbers.

    Parameters
    ----------
    n_components : int
        K, at least 1.
    population : int
        N, the number of images, at least K.
    confidence : float
        In (0, 1).
    """
    most = max(n_components, LARGEST)
    images = sorted({*(n for n in SIZES if n >= most), population})
    confidences = sorted({*CONFIDENCES, confidence})
    data = {
        "k": n_components,
        "most": most,
        "images": images,
        "at": images.index(population),
        "confidences": confidences,
        "confident": confidences.index(confidence),
    }
    title = "How many random labels reach every component?"
    return Piece("coverage", title, _still(n_components, population, confidences), data)


def _still(k: int, population: int, confidences: list[float]) -> str:
    """Return a table in HTML of labels by K and confidence."""
    sizes = sorted({k, *(size for size in _STILL if size <= population)})
    head = "".join(f'<th scope="col">{share:.1%}</th>' for share in confidences)
    rows = "".join(
        f'<tr><th scope="row">{size}</th>'
        + "".join(f"<td>{labels_to_cover(size, c, population):,}</td>" for c in confidences)
        + "</tr>"
        for size in sizes
    )
    return (
        f"<p>Labels that reach all K components of equal size, of {population:,} images, by"
        f' confidence:</p><table class="table"><thead><tr><th scope="col">K</th>{head}</tr></thead>'
        f"<tbody>{rows}</tbody></table>"
    )
