"""The published factorisation: one Gaussian q(z|x,c) per component.

The generative model p is that of :mod:`gmvae.model.shared`. The approximate posterior q::

    q(z,c|x) = q(c|x) q(z|x,c)
    q(c|x)   = softmax(a(x))_c                          a: a linear head of the encoder
    q(z|x,c) = N(z; m_c(x), diag(s_c(x)))               m_c, log s_c: K linear heads (Dilokthanakul
                                                        et al. 2016; Kingma et al. 2014 for "M2")
    KL_c(x)  = KL(q(z|x,c) || p(z|c))

    ELBO(x)  = sum_c q(c|x) (E_q(z|x,c)[log p(x|z)] - KL_c(x)) - KL(q(c|x) || p(c))

Every image is decoded K times. With all heads tied, the same noise and q(c|x) proportional to
p(c) exp(-KL_c(x)) this ELBO is the shared one; no other q(c|x) makes it greater.

References
----------
Dilokthanakul et al. (2016), "Deep unsupervised clustering with Gaussian mixture variational
autoencoders". Kingma et al. (2014), "Semi-supervised learning with deep generative models".
"""

import math
from typing import Any

import torch
from torch import Tensor, nn

from gmvae.model.shared import GMVAE, FourTensors, bernoulli_nll, reparametrise


class PerComponentGMVAE(GMVAE):
    """The per-component factorisation, with the interface of :class:`gmvae.model.shared.GMVAE`.

    Parameters
    ----------
    n_components, latent_dim, **sizes
        As for :class:`gmvae.model.shared.GMVAE`.
    top_components
        Decode only the so many components of greatest q(c|x): the reconstruction term is then
        their average, weighted by q(c|x) scaled to sum to 1 over them, and no longer exact.
        :meth:`left_out` says how much probability was scaled away. None: decode all.
    """

    factorisation = "per-component"

    def __init__(
        self,
        n_components: int,
        latent_dim: int,
        *,
        top_components: int | None = None,
        **sizes: Any,
    ):
        super().__init__(n_components, latent_dim, **sizes)
        self.top_components = n_components if top_components is None else top_components

    def _make_heads(self, n_features: int) -> None:
        self.component_head = nn.Linear(n_features, self.n_components)
        self.mean_head = nn.Linear(n_features, self.n_components * self.latent_dim)
        self.log_var_head = nn.Linear(n_features, self.n_components * self.latent_dim)

    # q(c|x), q(z|x,c) -------------------------------------------------------------------------

    def encode_all(self, x: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Return log q(c|x) (N, K), m_c(x) (N, K, D) and log s_c(x) (N, K, D), float32."""
        h = self.body(x)  # (N, H)
        log_q_c = torch.log_softmax(self.component_head(h).float(), dim=1)  # (N, K)
        shape = (len(x), self.n_components, self.latent_dim)
        mean = self.mean_head(h).float().view(shape)  # (N, K, D)
        log_var = self.log_var_head(h).float().view(shape)  # (N, K, D)
        return log_q_c, mean, log_var

    def encode(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """Return mean and log-variance of z under q(z|x) = sum_c q(c|x) q(z|x,c), (N, D) each."""
        log_q_c, mean_c, log_var_c = self.encode_all(x)
        q_c = log_q_c.exp().unsqueeze(2)  # (N, K, 1)
        mean = (q_c * mean_c).sum(1)  # (N, D)
        var = (q_c * (log_var_c.exp() + (mean_c - mean.unsqueeze(1)).square())).sum(1)  # (N, D)
        return mean, var.log()

    def posterior(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """Return q(c|x), (N, K), rows summing to 1, and the mean of z under q, (N, D); float64."""
        log_q_c, mean_c, _ = self.encode_all(x)
        q_c = torch.softmax(log_q_c.double(), dim=1)  # (N, K)
        mean = torch.einsum("nk,nkd->nd", q_c, mean_c.double())  # (N, D)
        return q_c, mean

    # the ELBO ---------------------------------------------------------------------------------

    def _terms(self, x: Tensor, view: Tensor, generator: torch.Generator | None) -> FourTensors:
        """Return reconstruction, kl_z, kl_c and the sum of the last two, (N,) each."""
        log_q_c, mean, log_var = self.encode_all(view)
        q_c = log_q_c.exp()  # (N, K)
        reconstruction = self._reconstruction(x, q_c, mean, log_var, generator)  # (N,)
        kl = diagonal_kl(mean, log_var, self.prior_mean, self.prior_log_var)  # (N, K)
        kl_z = (q_c * kl).sum(1)  # (N,)
        kl_c = (q_c * log_q_c).sum(1) + math.log(self.n_components)  # (N,)
        return reconstruction, kl_z, kl_c, kl_z + kl_c

    def _reconstruction(
        self,
        x: Tensor,
        q_c: Tensor,
        mean: Tensor,
        log_var: Tensor,
        generator: torch.Generator | None,
    ) -> Tensor:
        """Return sum_c q(c|x) E[-log p(x|z)], (N,), over the components that are decoded."""
        z = reparametrise(mean, log_var, generator)  # (N, K, D)
        if self.top_components < self.n_components:
            q_c, top = q_c.topk(self.top_components, dim=1)  # (N, M), (N, M)
            q_c = q_c / q_c.sum(1, keepdim=True)  # (N, M)
            z = z.gather(1, top.unsqueeze(2).expand(-1, -1, self.latent_dim))  # (N, M, D)
        log_odds = self.decode(z)  # (N, M, 784)
        return (q_c * bernoulli_nll(x.unsqueeze(1).expand_as(log_odds), log_odds)).sum(1)  # (N,)

    def left_out(self, x: Tensor) -> Tensor:
        """Return the mass of q(c|x) on components that are not decoded, in [0, 1], (N,)."""
        q_c = self.responsibilities(x)  # (N, K)
        return (1 - q_c.topk(self.top_components, dim=1).values.sum(1)).clamp(min=0)  # (N,)


def diagonal_kl(mean: Tensor, log_var: Tensor, prior_mean: Tensor, prior_log_var: Tensor) -> Tensor:
    """Return KL(N(m_nc, diag s_nc) || N(mu_c, diag v_c)), (N, K), in nats.

    `mean`, `log_var`: (N, K, D); `prior_mean`, `prior_log_var`: (K, D).
    """
    ratio = torch.exp(log_var - prior_log_var)  # (N, K, D)
    distance = (mean - prior_mean).square() * torch.exp(-prior_log_var)  # (N, K, D)
    return 0.5 * (ratio + distance + prior_log_var - log_var - 1).sum(2)  # (N, K)
