"""Coverage of small populations in whole numbers and fractions, to compare the package with."""

from fractions import Fraction
from itertools import combinations
from math import comb


def exact_with_replacement(n, counts):
    """Inclusion and exclusion over all subsets, in whole numbers."""
    total = sum(counts)
    terms = (
        (-1) ** size * (total - sum(subset)) ** n
        for size in range(len(counts) + 1)
        for subset in combinations(counts, size)
    )
    return Fraction(sum(terms), total**n)


def exact_without_replacement(n, counts):
    """The same where no image is labelled twice."""
    total = sum(counts)
    terms = (
        (-1) ** size * comb(total - sum(subset), n)
        for size in range(len(counts) + 1)
        for subset in combinations(counts, size)
    )
    return Fraction(sum(terms), comb(total, n))


def exact_equal(n, k):
    """K equal clusters, with replacement."""
    return Fraction(sum((-1) ** j * comb(k, j) * (k - j) ** n for j in range(k + 1)), k**n)


def exact_distribution(n, counts, replacement):
    """Probabilities that n labels cover 0, 1, ..., K clusters, one cluster after another."""
    total = sum(counts)
    ways = {(0, 0): 1}  # (clusters covered, labels placed): sequences, or sets of images
    for size in counts:
        more = dict(ways)
        for (covered, placed), number in ways.items():
            for j in range(1, n - placed + 1):
                here = size**j * comb(n - placed, j) if replacement else comb(size, j)
                key = (covered + 1, placed + j)
                more[key] = more.get(key, 0) + number * here
        ways = more
    all_ways = total**n if replacement else comb(total, n)
    return [Fraction(ways.get((c, n), 0), all_ways) for c in range(len(counts) + 1)]


def covering_sets(counts):
    """For every n from 0 to N, how many sets of n images touch every cluster."""
    product = [1]  # the coefficients of prod_i ((1 + x)^(N_i) - 1)
    for size in counts:
        longer = [0] * (len(product) + size)
        for i, a in enumerate(product):
            for j in range(1, size + 1):
                longer[i + j] += a * comb(size, j)
        product = longer
    return product


def partitions(total, parts, largest=None):
    """All ways to write `total` as a sum of `parts` whole numbers, the largest first."""
    largest = total if largest is None else largest
    if parts == 1:
        if 1 <= total <= largest:
            yield (total,)
        return
    for first in range(min(largest, total - parts + 1), 0, -1):
        for rest in partitions(total - first, parts - 1, first):
            yield (first, *rest)
