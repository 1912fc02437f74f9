"""The model: networks, and both factorisations as formulas. No file is read here."""
