"""How each event changes the state: total, in place, without input or output."""
