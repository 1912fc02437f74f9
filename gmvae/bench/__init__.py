"""What a training costs, measured: a step, a whole training, and how both grow."""
