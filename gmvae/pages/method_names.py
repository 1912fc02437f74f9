"""Names of methods as words, for readers who do not know the code."""

_ALIKE, _CHOSEN = " on normalised images", ", labels that are chosen"
WORDS = {
    "hard": "majority vote",
    "hard-covered": "majority vote, covered components",
    "soft": "soft decoding",
    "soft-cosine": "soft decoding by cosine",
    "soft-diffused": "soft decoding, votes spread over like components",
    "bayes": "Bayes' rule",
    "graph": "graph of latent means",
    "graph-student": "student of the graph of latent means",
    "soft-chosen": "soft decoding of labels that are chosen",
    "graph-chosen": f"graph of latent means{_CHOSEN}",
    "graph-student-chosen": f"student of the graph of latent means{_CHOSEN}",
    "graph-clusters": "graph of latent means, labels of the densest of each cluster",
    "graph-typiclust": "graph of latent means, labels that TypiClust chooses",
    "graph-herding": "graph of latent means, labels that MaxHerding chooses",
    "graph-components": "graph of latent means, labels of the largest components",
    "graph-pixels": "graph of normalised pixels",
    "graph-pixels-student": "student of the graph of normalised pixels",
    "graph-pixels-chosen": f"graph of normalised pixels{_CHOSEN}",
    "graph-pixels-student-chosen": f"student of the graph of normalised pixels{_CHOSEN}",
    "svm": "support vector machine",
    "logistic-regression": "logistic regression",
    "mlp": "small neural network",
    "xgboost": "boosted trees",
    "logistic-regression-normalised": f"logistic regression{_ALIKE}",
    "mlp-normalised": f"small neural network{_ALIKE}",
    "xgboost-normalised": f"boosted trees{_ALIKE}",
    "logistic-regression-tuned": "logistic regression, tuned",
    "mlp-tuned": "small neural network, tuned",
    "xgboost-tuned": "boosted trees, tuned",
    "same-encoder": "the model's encoder, trained on the labels alone",
    "kmeans-majority": "k-means of normalised pixels, majority vote",
    "gmm-majority": "Gaussian mixture of normalised pixels, majority vote",
    "label-spreading": f"label spreading{_ALIKE}",
    "label-spreading-published": f"label spreading{_ALIKE}, published rule",
}


def labels_are_drawn(method: str) -> bool:
    """Whether a method decodes labels drawn at random, so that it can be compared on equal draws.

    Others choose the images to be labelled; ``-chosen`` ends the names of those without a model.
    """
    return not method.endswith("-chosen")


def in_words(method: str) -> str:
    """Return a method's name in words with the code's name in brackets; a new one as it is."""
    return f"{WORDS[method]} ({method})" if method in WORDS else method


def beginning(method: str) -> str:
    """Return :func:`in_words` for the beginning of a sentence."""
    words = in_words(method)
    return words[:1].upper() + words[1:] if method in WORDS else words
