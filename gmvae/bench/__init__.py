"""What a training costs, measured: a step, a whole training, a race."""
