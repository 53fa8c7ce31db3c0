"""The log: the line, the vocabulary, the rules (decide, evolve) and the one writer."""
