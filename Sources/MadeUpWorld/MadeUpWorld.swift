// MadeUpWorld
