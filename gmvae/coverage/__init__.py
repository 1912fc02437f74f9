"""The mathematics of random labels that have to reach every cluster."""

from gmvae.coverage.probability import (
    coverage_probability,
    covered_share,
    expected_covered,
    labels_to_cover,
)

__all__ = ["coverage_probability", "covered_share", "expected_covered", "labels_to_cover"]
