"""Who decodes what rightly: budgets, draws, models and methods, and their statistics."""
