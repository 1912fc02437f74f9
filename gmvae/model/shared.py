"""Gaussian-mixture variational autoencoder with the shared factorisation.

The generative model p (Dilokthanakul et al. 2016, without their extra latent w)::

    p(c)     = 1/K                                      uniform over K components
    p(z|c)   = N(z; mu_c, diag(v_c))                    mu_c, v_c learned
    p(x|z)   = prod_i Bernoulli(x_i; sigmoid(f(z)_i))   f: the decoder; x_i: a grey level in [0, 1]

The approximate posterior q::

    q(z,c|x) = q(z|x) q(c|x)                            the shared factorisation
    q(z|x)   = N(z; m(x), diag(s(x)))                   m, log s: the encoder (Kingma 2014)
    q(c|x)   = p(c) exp(-KL_c(x)) / sum_k p(k) exp(-KL_k(x)),  KL_c(x) = KL(q(z|x) || p(z|c))

This q(c|x) is the best one for a given q(z|x): with it the Kullback-Leibler part of the evidence
lower bound, sum_c q(c|x) KL_c + KL(q(c|x) || p(c)), becomes -log sum_c p(c) exp(-KL_c), which is
the variational bound on KL(q(z|x) || sum_c p(c) p(z|c)) of Hershey & Olsen (2007, equation 20).
VaDE (Jiang et al. 2017), the closest relative, puts q(c|x) = p(c|z) at a sampled z instead.

    ELBO(x)  = E_q(z|x)[log p(x|z)] - sum_c q(c|x) KL_c(x) - KL(q(c|x) || p(c))

References
----------
Dilokthanakul et al. (2016), "Deep unsupervised clustering with Gaussian mixture variational
autoencoders". Hershey & Olsen (2007), "Approximating the Kullback Leibler divergence between
Gaussian mixture models". Jiang et al. (2017), "Variational deep embedding". Kingma & Welling
(2014), "Auto-encoding variational Bayes".
"""

import math
from collections.abc import Sequence
from typing import Any, NamedTuple

import torch
from torch import Tensor, nn
from torch.nn import functional

from gmvae.model.networks import Decoder, EncoderBody

FourTensors = tuple[Tensor, Tensor, Tensor, Tensor]


class Terms(NamedTuple):
    """The negative ELBO in nats, by term: one value per image (N,), or their means.

    Attributes
    ----------
    reconstruction
        -E_q[log p(x|z)], from one sample of z.
    kl_z
        sum_c q(c|x) KL(q(z|x) || p(z|c)).
    kl_c
        KL(q(c|x) || p(c)), between 0 and log K.
    total
        What is minimised: reconstruction + beta (kl_z + kl_c); the negative ELBO if beta is 1.
    """

    reconstruction: Tensor
    kl_z: Tensor
    kl_c: Tensor
    total: Tensor


class GMVAE(nn.Module):
    """The shared factorisation; the module's docstring states p and q line by line.

    Parameters
    ----------
    n_components
        K, at least 1.
    latent_dim
        D, at least 1.
    encoder_channels, encoder_hidden, decoder_hidden
        Sizes of the networks, see :mod:`gmvae.model.networks`.
    prior_scale
        Standard deviation of the mu_c at the start; the v_c start at 1.
    """

    factorisation = "shared"

    def __init__(
        self,
        n_components: int,
        latent_dim: int,
        *,
        encoder_channels: Sequence[int] = (),
        encoder_hidden: Sequence[int] = (512,),
        decoder_hidden: Sequence[int] = (512,),
        prior_scale: float = 1.0,
    ):
        super().__init__()
        self.n_components = n_components
        self.latent_dim = latent_dim
        self.prior_mean = nn.Parameter(
            prior_scale * torch.randn(n_components, latent_dim)
        )  # (K, D)
        self.prior_log_var = nn.Parameter(torch.zeros(n_components, latent_dim))  # (K, D)
        self.decoder = Decoder(latent_dim, decoder_hidden)
        self.body = EncoderBody(encoder_channels, encoder_hidden)
        self._make_heads(encoder_hidden[-1])

    def _make_heads(self, n_features: int) -> None:
        self.gaussian_head = nn.Linear(n_features, 2 * self.latent_dim)

    # p(x|z) and sampling from p ---------------------------------------------------------------

    def decode(self, z: Tensor) -> Tensor:
        """Return the log-odds f(z) of every pixel, (..., 784), for `z` (..., D)."""
        return self.decoder(z)

    @torch.no_grad()
    def sample(self, component: int, n: int, generator: torch.Generator | None = None) -> Tensor:
        """Draw `n` images, (n, 784), as pixel probabilities sigmoid(f(z)) with z ~ p(z|c).

        `component` is c, in 0..K-1; `generator` must live on the model's device.
        """
        mean = self.prior_mean[component].expand(n, -1)  # (n, D)
        log_var = self.prior_log_var[component].expand(n, -1)  # (n, D)
        return torch.sigmoid(self.decode(reparametrise(mean, log_var, generator)))  # (n, 784)

    # q(z|x), q(c|x) ---------------------------------------------------------------------------

    def encode(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """Return mean m(x) and log-variance log s(x) of q(z|x), (N, D) each, float32.

        `x` holds grey levels in [0, 1], (N, 784).
        """
        mean, log_var = self.gaussian_head(self.body(x)).float().chunk(2, dim=1)  # (N, D), (N, D)
        return mean, log_var

    def _divergences(self, mean: Tensor, log_var: Tensor) -> Tensor:
        """Return KL_c for all c, (N, K), from m and log s (N, D)."""
        prior_mean, prior_log_var = self.prior_mean, self.prior_log_var  # (K, D)
        return gaussian_kl(mean, log_var, prior_mean.to(mean), prior_log_var.to(mean))  # (N, K)

    def log_responsibilities(self, mean: Tensor, log_var: Tensor) -> Tensor:
        """Return log q(c|x), (N, K), from m and log s (N, D); p(c) is uniform and cancels."""
        return torch.log_softmax(-self._divergences(mean, log_var), dim=1)  # (N, K)

    def posterior(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """Return q(c|x), (N, K), rows summing to 1, and the mean of z under q, (N, D); float64."""
        mean, log_var = (t.double() for t in self.encode(x))  # (N, D), (N, D)
        return self.log_responsibilities(mean, log_var).exp(), mean  # (N, K), (N, D)

    def responsibilities(self, x: Tensor) -> Tensor:
        """Return q(c|x), (N, K), float64, rows summing to 1, for grey levels `x` (N, 784)."""
        return self.posterior(x)[0]

    # the ELBO ---------------------------------------------------------------------------------

    def elbo_terms(
        self,
        x: Tensor,
        view: Tensor | None = None,
        *,
        beta: float = 1.0,
        generator: torch.Generator | None = None,
    ) -> Terms:
        """Return the negative ELBO of each image by term, (N,) each.

        Parameters
        ----------
        x
            Grey levels the decoder must explain, in [0, 1], (N, 784).
        view
            What the encoder sees in place of `x`, (N, 784): a warped `x` when training.
        beta
            Weight of the Kullback-Leibler terms in ``total``.
        generator
            Source of the noise, on the model's device.
        """
        reconstruction, kl_z, kl_c, kl = self._terms(x, x if view is None else view, generator)
        return Terms(reconstruction, kl_z, kl_c, reconstruction + beta * kl)

    def _terms(self, x: Tensor, view: Tensor, generator: torch.Generator | None) -> FourTensors:
        """Return reconstruction, kl_z, kl_c and the sum of the last two, (N,) each."""
        mean, log_var = self.encode(view)  # (N, D), (N, D)
        z = reparametrise(mean, log_var, generator)  # (N, D)
        reconstruction = bernoulli_nll(x, self.decode(z))  # (N,)
        kl = self._divergences(mean, log_var)  # (N, K)
        log_k = math.log(self.n_components)
        kl_total = log_k - torch.logsumexp(-kl, dim=1)  # (N,) = -log sum_c p(c) exp(-KL_c)
        q_c = torch.softmax(-kl, dim=1)  # (N, K)
        kl_z = (q_c * kl).sum(1)  # (N,)
        return reconstruction, kl_z, kl_total - kl_z, kl_total

    def loss(self, x: Tensor, view: Tensor | None = None, **options: Any) -> Terms:
        """Return the means over the images of :meth:`elbo_terms`, scalars; same arguments."""
        return Terms(*(term.mean() for term in self.elbo_terms(x, view, **options)))


def gaussian_kl(mean: Tensor, log_var: Tensor, prior_mean: Tensor, prior_log_var: Tensor) -> Tensor:
    """Return KL(N(m_n, diag s_n) || N(mu_c, diag v_c)) for all n and c, (N, K), in nats.

    `mean`, `log_var`: (N, D); `prior_mean`, `prior_log_var`: (K, D). The sum over d of
    ``((s_n + m_n^2)/v_c - 2 m_n mu_c/v_c + mu_c^2/v_c + log v_c - log s_n - 1) / 2``,
    written as two matrix products so that nothing of size N x K x D is made.
    """
    precision = torch.exp(-prior_log_var)  # (K, D)
    quadratic = (log_var.exp() + mean.square()) @ precision.T  # (N, K)
    cross = mean @ (prior_mean * precision).T  # (N, K)
    of_prior = (prior_mean.square() * precision + prior_log_var).sum(1)  # (K,)
    of_posterior = (log_var + 1).sum(1, keepdim=True)  # (N, 1)
    return 0.5 * (quadratic - 2 * cross + of_prior - of_posterior)  # (N, K)


def reparametrise(mean: Tensor, log_var: Tensor, generator: torch.Generator | None) -> Tensor:
    """Draw z ~ N(mean, exp(log_var)), same shape, differentiably (Kingma & Welling 2014)."""
    noise = torch.empty_like(mean).normal_(generator=generator)
    return mean + torch.exp(0.5 * log_var) * noise


def bernoulli_nll(x: Tensor, log_odds: Tensor) -> Tensor:
    """Return -sum_i [x_i log p_i + (1 - x_i) log(1 - p_i)], shape (...,), for pixels (..., 784).

    For grey levels strictly between 0 and 1 this is a cross-entropy, not the negative logarithm
    of a normalised density, as usual in work on these data.
    """
    loss = functional.binary_cross_entropy_with_logits(log_odds.float(), x, reduction="none")
    return loss.sum(-1)
