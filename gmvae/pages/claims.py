"""The article's claims, one by one, each with a verdict that follows from results files.

A claim is a row of :data:`CLAIMS`: what the article says, the chapter that looks at it, and a rule
that judges it by the figures of a run. A rule whose figure is not among the results leaves the
claim untested. No verdict is typed by hand.
"""

import html
from collections.abc import Callable, Sequence
from typing import NamedTuple

from gmvae.pages import claim_rules_practice as practice
from gmvae.pages import claim_rules_sizes as sizes
from gmvae.pages import claim_rules_theory as theory
from gmvae.pages.evidence import UNTESTED, VERDICTS, Evidence, Finding, NotMeasured
from gmvae.pages.results import Results

Rule = Callable[[Evidence], Finding]


class Claim(NamedTuple):
    """What the article says, in our words, which chapter looks at it, and the rule for it."""

    says: str
    chapter: str
    rule: Rule


_DATA, _BOUND, _SIZES = "01_data", "03_label_bound", "08_mixture_size"
_DECODING, _SUPERVISION, _WHY = "04_decoding", "05_supervision", "06_hard_or_soft"

CLAIMS = (
    Claim("The data are 145,600 images of 26 balanced classes.", _DATA, theory.size_and_balance),
    Claim(
        "Letters are more ambiguous than MNIST, and a better test of soft decoding.",
        _DATA,
        theory.more_ambiguous_than_mnist,
    ),
    Claim("The latent space of a plain VAE does not fall into groups.", _SIZES, sizes.plain_vae),
    Claim(
        "Too few components merge classes, too many leave each with few labels.",
        _SIZES,
        sizes.merging_and_fragmenting,
    ),
    Claim("K = 100 is a good compromise.", _SIZES, sizes.compromise),
    Claim("K can be found by grid search.", _SIZES, sizes.found_by_search),
    Claim(
        "Styles of a letter, such as upper and lower case, get components of their own, and some"
        " components mix letters.",
        "07_diagnostics",
        theory.styles_in_components,
    ),
    Claim(
        "Naming clusters of k-means or a Gaussian mixture is the baseline that it improves on.",
        _SUPERVISION,
        practice.classical_baseline,
    ),
    Claim("Soft decoding generalises hard decoding.", _WHY, theory.soft_generalises_hard),
    Claim("Perfectly pure clusters would be of equal size.", _BOUND, theory.pure_means_equal),
    Claim(
        "Labels that may be chosen: one for each component is enough, 0.07 % of the images.",
        _BOUND,
        theory.chosen_labels,
    ),
    Claim(
        "Random labels: about 0.6 % cover 100 equal components with 95 % confidence.",
        _BOUND,
        theory.share_to_cover,
    ),
    Claim(
        "Unequal components obey an inequality without a closed form.",
        _BOUND,
        theory.unequal_clusters,
    ),
    Claim("These numbers are optimistic, as clusters are impure.", _BOUND, theory.optimistic),
    Claim(
        "Hard decoding neglects the model's doubt, and that components are impure.",
        _WHY,
        theory.hard_is_limited,
    ),
    Claim("m(l) estimates p(c|l) from the labels.", _WHY, theory.profiles_are_estimated),
    Claim(
        "There are images on which soft decoding is right and hard decoding wrong.",
        _DECODING,
        practice.example_of_soft,
    ),
    Claim(
        "Accuracies are means over 5 seeds with intervals of 95 %.",
        _SUPERVISION,
        practice.seeds_and_intervals,
    ),
    Claim(
        "With very few labels accuracy is surprisingly good.",
        _SUPERVISION,
        practice.surprisingly_good,
    ),
    Claim(
        "73 labels leave several components without one.", _BOUND, theory.several_without_a_label
    ),
    Claim(
        "With 73 labels soft decoding is about 18 points ahead of hard decoding.",
        _SUPERVISION,
        practice.gap_with_few_labels,
    ),
    Claim("291 labels are roughly three for each component.", _BOUND, theory.labels_per_component),
    Claim("291 labels give 80 % accuracy.", _SUPERVISION, practice.eighty_percent),
    Claim("XGBoost needs 35 times as many labels for that.", _SUPERVISION, practice.times_as_many),
    Claim(
        "Most of the structure is learned without labels.",
        _SUPERVISION,
        practice.structure_without_labels,
    ),
    Claim(
        "Soft decoding is ahead by a small yet consistent margin.",
        _WHY,
        practice.small_yet_consistent,
    ),
    Claim("It is so above all where the model is uncertain.", _WHY, practice.when_uncertain),
    Claim("A simple hard rule does well already.", _SUPERVISION, practice.hard_does_well),
    Claim("The code runs on MNIST too.", _SUPERVISION, practice.runs_on_mnist),
    Claim(
        "Labels are needed only to name what has been learned.",
        _SUPERVISION,
        practice.only_to_name,
    ),
)


def judge(claim: Claim, results: Results, beside: Sequence[Results] = ()) -> Finding:
    """Return the verdict on a claim by the figures of a run, and what it rests on.

    Parameters
    ----------
    claim : Claim
    results : Results
        Of the run.
    beside : sequence of Results
        Of other runs, for claims that compare two data sets.
    """
    try:
        return claim.rule(Evidence(results, beside))
    except NotMeasured:
        return Finding(UNTESTED, "The figure is not among these results.")


def tally(results: Results, beside: Sequence[Results] = ()) -> dict[str, int]:
    """Return how many claims got each verdict, in the order of ``VERDICTS``."""
    found = [judge(claim, results, beside).verdict for claim in CLAIMS]
    return {verdict: found.count(verdict) for verdict in VERDICTS}


def claims_table(columns: dict[str, Results]) -> str:
    """Return all claims as a table in HTML, with a column of verdicts for each run.

    Each cell says whose it is, so that on a narrow screen a row can be shown as a card.

    Parameters
    ----------
    columns : dict
        Results by heading, such as "this build".
    """
    beside = list(columns.values())
    head = "".join(
        f'<th scope="col">{html.escape(name)}</th>'
        for name in ("The article says", *columns, "chapter")
    )
    rows = []
    for number, claim in enumerate(CLAIMS, 1):
        findings = [judge(claim, results, beside) for results in beside]
        cells = "".join(
            f'<td data-of="{html.escape(name)}"><strong>{html.escape(verdict)}</strong>.'
            f" {html.escape(computed)}</td>"
            for name, (verdict, computed) in zip(columns, findings, strict=True)
        )
        link = f'<a href="../notebooks/{claim.chapter}.html">{claim.chapter[:2]}</a>'
        says = f'<th scope="row">{number}. {html.escape(claim.says)}</th>'
        rows.append(f'<tr>{says}{cells}<td data-of="chapter">{link}</td></tr>')
    return (
        '<table class="table claims"><caption>Every claim of the article, and what came out of it'
        f"</caption><thead><tr>{head}</tr></thead><tbody>{''.join(rows)}</tbody></table>"
    )


def tally_table(columns: dict[str, Results]) -> str:
    """Return the number of claims with each verdict, a row for each run, as a table in HTML."""
    head = "".join(f'<th scope="col">{name}</th>' for name in ("", *VERDICTS))
    beside = list(columns.values())
    rows = [
        f'<tr><th scope="row">{html.escape(name)}</th>'
        + "".join(f"<td>{n}</td>" for n in tally(results, beside).values())
        + "</tr>"
        for name, results in columns.items()
    ]
    return (
        '<table class="table"><caption>Claims by verdict</caption>'
        f"<thead><tr>{head}</tr></thead><tbody>{''.join(rows)}</tbody></table>"
    )


def rules_list() -> str:
    """Return the rule of each claim in Markdown: its docstring."""
    return "\n".join(
        f"{number}. {' '.join((claim.rule.__doc__ or '').split())}"
        for number, claim in enumerate(CLAIMS, 1)
    )
