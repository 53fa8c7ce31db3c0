"""Which events a command leads to in a state: pure, one module per rule."""
