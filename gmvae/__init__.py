"""Label decoding of a Gaussian-mixture variational autoencoder (GMVAE).

The rooms of this house, in the order the data passes through them: :mod:`gmvae.data`,
:mod:`gmvae.model`, :mod:`gmvae.training`, :mod:`gmvae.coverage`, :mod:`gmvae.decoding`,
:mod:`gmvae.baselines`, :mod:`gmvae.experiments`, :mod:`gmvae.figures`, :mod:`gmvae.paper`.
"""

__version__ = "0.1.0"
