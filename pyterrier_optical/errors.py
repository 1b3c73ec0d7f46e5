"""The one exception users meet."""


class OpticalError(ValueError):
    """A mistake the user can mend.

    The message is one sentence that names the input and the way out; the command line prints it without a traceback.

    Example:
        >>> raise OpticalError("No file 'bitext.tsv': give the path of an existing TSV file.")
        Traceback (most recent call last):
        ...
        pyterrier_optical.errors.OpticalError: No file 'bitext.tsv': give the path of an existing TSV file.
    """
