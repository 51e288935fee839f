"""The family of errors of labelling; every message (Chinese) says what is possible."""


class LabelError(Exception):
    """Something cannot be labelled, ruled or written as asked; nothing was changed."""


class Closed(LabelError):
    """What counts is already settled for good."""
