"""The ELBO against closed forms and integrals; shapes; the bound between factorisations."""

import math

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import integrate, stats
from torch.distributions import Independent, Normal, kl_divergence

from gmvae.model.per_component import PerComponentGMVAE, diagonal_kl
from gmvae.model.shared import GMVAE, Terms, bernoulli_nll, gaussian_kl

FACTORISATIONS = [GMVAE, PerComponentGMVAE]
seeds = st.integers(0, 2**31)


def generator(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def small(kind: type[GMVAE], k: int = 7, d: int = 3, **more) -> GMVAE:
    torch.manual_seed(0)
    sizes = {"encoder_channels": (2,), "encoder_hidden": (16,), "decoder_hidden": (8,)}
    return kind(k, d, **{**sizes, **more})


def images(n: int = 5, seed: int = 0) -> torch.Tensor:
    return torch.rand(n, 784, generator=generator(seed))


@settings(max_examples=50, deadline=None)
@given(n=st.integers(1, 4), k=st.integers(1, 6), d=st.integers(1, 8), seed=seeds)
def test_gaussian_kl_is_that_of_torch_distributions(n, k, d, seed):
    rng = generator(seed)
    mean, log_var, prior_mean, prior_log_var = (
        2 * torch.randn(rows, d, generator=rng, dtype=torch.float64) for rows in (n, n, k, k)
    )

    def gaussian(m, lv):
        return Independent(Normal(m, torch.exp(lv / 2)), 1)

    expected = kl_divergence(
        gaussian(mean.unsqueeze(1), log_var.unsqueeze(1)), gaussian(prior_mean, prior_log_var)
    )
    found = gaussian_kl(mean, log_var, prior_mean, prior_log_var)
    torch.testing.assert_close(found, expected, rtol=1e-9, atol=1e-9)
    copies = (t.unsqueeze(1).expand(n, k, d) for t in (mean, log_var))
    torch.testing.assert_close(diagonal_kl(*copies, prior_mean, prior_log_var), expected)


@pytest.mark.parametrize("kind", FACTORISATIONS)
@pytest.mark.parametrize("k", [1, 2, 7])
@pytest.mark.parametrize("d", [1, 3])
@pytest.mark.parametrize("channels", [(), (2, 3)])
def test_shapes(kind, k, d, channels):
    model = small(kind, k, d, encoder_channels=channels)
    x = images(4)
    mean, log_var = model.encode(x)
    assert mean.shape == log_var.shape == (4, d)
    assert model.decode(mean).shape == (4, 784)
    responsibilities, latent_mean = model.posterior(x)
    assert responsibilities.shape == (4, k)
    assert latent_mean.shape == (4, d)
    assert model.sample(k - 1, 6, generator()).shape == (6, 784)
    assert all(term.shape == (4,) for term in model.elbo_terms(x))
    assert all(term.shape == () for term in model.loss(x))


@pytest.mark.parametrize("kind", FACTORISATIONS)
def test_responsibilities_sum_to_one_however_far_apart_the_components_are(kind):
    model = small(kind)
    with torch.no_grad():
        model.prior_mean.mul_(1e4)
    responsibilities = model.responsibilities(images())
    assert torch.isfinite(responsibilities).all()
    np.testing.assert_allclose(responsibilities.sum(1).detach(), 1, atol=1e-12)
    np.testing.assert_allclose(responsibilities.float().sum(1).detach(), 1, atol=1e-6)


@pytest.mark.parametrize("kind", FACTORISATIONS)
def test_terms_add_up_and_keep_their_ranges(kind):
    model = small(kind)
    terms = model.elbo_terms(images(), beta=1.7, generator=generator())
    total = terms.reconstruction + 1.7 * (terms.kl_z + terms.kl_c)
    torch.testing.assert_close(terms.total, total)
    assert (terms.kl_z >= 0).all()
    assert (terms.kl_c >= -1e-5).all()
    assert (terms.kl_c <= math.log(model.n_components) + 1e-5).all()


@pytest.mark.parametrize("kind", FACTORISATIONS)
def test_the_decoder_explains_the_image_and_not_the_view(kind):
    model, x, view = small(kind), images(seed=1), images(seed=2)
    seen = model.elbo_terms(x, view, generator=generator())
    swapped = model.elbo_terms(view, view, generator=generator())
    torch.testing.assert_close(seen.kl_z, swapped.kl_z)  # q depends on the view alone
    assert not torch.allclose(seen.reconstruction, swapped.reconstruction)


def test_with_one_component_the_kl_is_the_closed_form_of_a_plain_vae():
    model, x = small(GMVAE, k=1), images()
    with torch.no_grad():
        model.prior_mean.zero_()
    mean, log_var = model.encode(x)
    expected = 0.5 * (mean**2 + log_var.exp() - 1 - log_var).sum(1)  # Kingma & Welling, app. B
    terms = model.elbo_terms(x)
    torch.testing.assert_close(terms.kl_z, expected)
    torch.testing.assert_close(terms.kl_c, torch.zeros(5), atol=1e-5, rtol=0)


def test_kl_part_is_the_bound_of_hershey_and_olsen_by_numerical_integration():
    """-log sum_c p(c) exp(-KL_c) is never below KL(q(z|x) || mixture), and close when apart."""
    model, x = small(GMVAE, k=3, d=1), images(1)
    with torch.no_grad():
        model.prior_mean[:, 0] = torch.tensor([-2.0, 0.5, 3.0])
        model.prior_log_var[:, 0] = torch.tensor([-1.0, 0.3, -0.5])
    (mean,), (log_var,) = (t[0].tolist() for t in model.encode(x))
    q = stats.norm(mean, math.exp(log_var / 2))
    means = model.prior_mean[:, 0].tolist()
    scales = torch.exp(model.prior_log_var[:, 0] / 2).tolist()
    components = [stats.norm(*c) for c in zip(means, scales, strict=True)]

    def against(density):
        low, high = mean - 12 * q.std(), mean + 12 * q.std()
        return integrate.quad(lambda z: q.pdf(z) * (q.logpdf(z) - np.log(density(z))), low, high)[0]

    by_component = np.array([against(c.pdf) for c in components])
    expected = -np.log(np.mean(np.exp(-by_component)))
    terms = model.elbo_terms(x)
    found = (terms.kl_z + terms.kl_c).item()
    assert found == pytest.approx(expected, abs=1e-5)
    mixture = against(lambda z: np.mean([c.pdf(z) for c in components]))
    assert found >= mixture - 1e-6


def test_reconstruction_is_the_expected_bernoulli_cross_entropy():
    """One dimension of z: the mean over many samples against quadrature."""
    model, x = small(GMVAE, k=2, d=1), images(1)
    mean, log_var = (t.detach() for t in model.encode(x))
    nodes, weights = np.polynomial.hermite_e.hermegauss(40)
    z = mean + torch.exp(log_var / 2) * torch.tensor(nodes, dtype=torch.float32)[:, None]  # (J, 1)
    nll = bernoulli_nll(x.expand(40, -1), model.decode(z)).detach().numpy()
    expected = nll @ weights / weights.sum()
    sampled = model.elbo_terms(x.expand(4000, -1), generator=generator()).reconstruction
    error = sampled.std().item() / math.sqrt(4000)
    assert sampled.mean().item() == pytest.approx(expected, abs=5 * error)


def test_bernoulli_nll_is_minus_the_log_likelihood():
    x, log_odds = images(2).round(), torch.linspace(-4, 4, 784).expand(2, -1)
    expected = -torch.distributions.Bernoulli(logits=log_odds).log_prob(x).sum(1)
    torch.testing.assert_close(bernoulli_nll(x, log_odds), expected)


def tied(k: int, d: int, seed: int, spread: float) -> tuple[GMVAE, PerComponentGMVAE]:
    """Return a shared model and a per-component one with the same p and all heads tied to it."""
    torch.manual_seed(seed)
    sizes = {"encoder_hidden": (6,), "decoder_hidden": (5,), "prior_scale": spread}
    shared, per_component = GMVAE(k, d, **sizes), PerComponentGMVAE(k, d, **sizes)
    own = per_component.state_dict()
    per_component.load_state_dict(
        {**own, **{k: v for k, v in shared.state_dict().items() if k in own}}
    )
    mean, log_var = shared.gaussian_head.weight.chunk(2)
    mean_bias, log_var_bias = shared.gaussian_head.bias.chunk(2)
    with torch.no_grad():
        per_component.mean_head.weight.copy_(mean.repeat(k, 1))
        per_component.mean_head.bias.copy_(mean_bias.repeat(k))
        per_component.log_var_head.weight.copy_(log_var.repeat(k, 1))
        per_component.log_var_head.bias.copy_(log_var_bias.repeat(k))
    return shared, per_component


@settings(max_examples=25, deadline=None)
@given(k=st.integers(1, 6), d=st.integers(1, 4), seed=seeds, spread=st.floats(0.1, 3))
def test_shared_is_the_best_per_component_elbo_with_tied_heads(k, d, seed, spread):
    shared, per_component = tied(k, d, seed, spread)
    x = images(1, seed)
    eps = torch.randn(1, d, generator=generator(seed))

    def same_noise(mean, log_var, _):
        return mean + torch.exp(log_var / 2) * eps

    with pytest.MonkeyPatch.context() as patch, torch.no_grad():
        patch.setattr("gmvae.model.shared.reparametrise", same_noise)
        patch.setattr("gmvae.model.per_component.reparametrise", same_noise)
        per_component.component_head.weight.zero_()
        best = shared.log_responsibilities(*shared.encode(x))[0]  # (K,)
        per_component.component_head.bias.copy_(best)
        expected = shared.elbo_terms(x)
        found = per_component.elbo_terms(x)
        for name in Terms._fields:
            torch.testing.assert_close(
                getattr(found, name), getattr(expected, name), rtol=1e-5, atol=1e-4
            )
        other = best + torch.randn(k, generator=generator(seed + 1))
        per_component.component_head.bias.copy_(other)
        assert per_component.elbo_terms(x).total >= expected.total - 1e-4


def test_top_components_decodes_the_most_probable_and_tells_the_mass_left_out():
    full = small(PerComponentGMVAE)
    top = small(PerComponentGMVAE, top_components=2)
    top.load_state_dict(full.state_dict())
    x = images()
    q_c = full.responsibilities(x)
    expected = 1 - q_c.sort(dim=1, descending=True).values[:, :2].sum(1)
    torch.testing.assert_close(top.left_out(x), expected)
    assert full.left_out(x).max() < 1e-12
    with torch.no_grad():  # put nearly all mass on two components: then nearly nothing is lost
        for model in (full, top):
            model.component_head.bias[:2] += 40
    exact = full.elbo_terms(x, generator=generator())
    cut = top.elbo_terms(x, generator=generator())
    assert top.left_out(x).max() < 1e-12
    for name in Terms._fields:
        torch.testing.assert_close(getattr(cut, name), getattr(exact, name))


def test_samples_are_probabilities_that_depend_on_the_component_and_the_seed():
    model = small(GMVAE)
    first = model.sample(0, 3, generator(1))
    assert ((first >= 0) & (first <= 1)).all()
    torch.testing.assert_close(first, model.sample(0, 3, generator(1)))
    assert not torch.equal(first, model.sample(1, 3, generator(1)))
    assert not torch.equal(first, model.sample(0, 3, generator(2)))
