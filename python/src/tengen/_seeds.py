"""Seeds as the C++ side takes them."""

import operator


def checked_seed(seed):
    """An integer as a seed.

    Parameters
    ----------
    seed : int or numpy.integer

    Returns
    -------
    int

    Raises
    ------
    TypeError
        No integer.
    ValueError
        Not from 0 to 2^64 - 1.
    """
    number = operator.index(seed)
    if not 0 <= number < 1 << 64:
        raise ValueError(f"seed is {number}, wanted a number from 0 to 2^64 - 1")
    return number
