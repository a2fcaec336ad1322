"""The nouns: frozen values without behaviour of their own, standard library only."""
