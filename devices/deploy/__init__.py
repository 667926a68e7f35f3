"""`edgernn deploy`: bundles onto devices over SSH, tested there, switched over whole, rolled back by themselves."""
