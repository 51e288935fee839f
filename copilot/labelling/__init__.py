"""Labelling: queues of what people must look at, blind double labels, and the data sets that come out."""
