"""What a bench measures, for what shows it."""

FIGURES = {
    "device": "cpu",
    "device_name": None,
    "threads": 2,
    "precision": "bfloat16",
    "repeats": 5,
    "images": "some pictures",
    "n_images": 2000,
    "step_seconds": 0.02,
    "images_per_second": 12800.0,
    "share_of_matrix_products": 0.61,
    "other_precisions": {
        "float32": {"images_per_second": 5000.0, "share_of_matrix_products": 0.72}
    },
    "parts_seconds": {"data": 0.005},
    "busy_seconds": {"all threads": 0.03, "one thread": 0.025},
    "image_seconds": {
        "default": {"float32": 2e-4, "bfloat16": 1e-4},
        "published": {"float32": 2e-2, "bfloat16": 8e-3},
    },
    "times_cheaper": {"float32": 100.0, "bfloat16": 80.0},
    "operations_per_image": 8e6,
    "published_operations_per_image": 1e9,
    "times_fewer_operations": 125.0,
    "responsibilities_seconds": 3.0,
    "epochs_measured": 2,
    "epoch_seconds": 12.0,
    "epochs": 50,
    "training_seconds": 600.0,
    "peak_memory_bytes": 2**30,
    "spreads": {
        "step in float32": 0.011,
        "step in bfloat16": 0.012,
        "data": 0.013,
        "beside a busy process": 0.017,
        "both in float32": 0.014,
        "both in bfloat16": 0.015,
        "an epoch": None,
        "responsibilities": 0.016,
    },
}

_NEW = ("other_precisions", "spreads", "busy_seconds")
OLDER = {name: x for name, x in FIGURES.items() if name not in _NEW}
ON_RECORD = {
    "command": "gmvae bench --dataset digits",
    "machine": {"processor": "a chip", "cores": 2, "system": "Linux x"},
    **FIGURES,
}
