"""What may be deleted at any time: the checkpoint and the index of event ids."""
