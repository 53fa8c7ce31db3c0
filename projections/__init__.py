"""Views for eyes: each folds or reads the state of the log and knows no rule."""
