"""An answer that is not waited for longer than so many seconds, whatever the network does."""

import queue
import threading
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")


def within(seconds: float, ask: Callable[[], T]) -> T:
    """What a function returns, or raises.

    A name server that never answers ignores the time-outs of the libraries that ask it: the function runs in a daemon
    thread, which is left behind when its time is over.

    Raises:
        TimeoutError: It has not ended after so many seconds.

    Example:
        >>> within(1.0, lambda: "here")
        'here'
    """
    answers: queue.Queue = queue.Queue()

    def answer() -> None:
        try:
            answers.put((ask(), None))
        except BaseException as error:  # whatever it is, the caller is waiting for it
            answers.put((None, error))

    threading.Thread(target=answer, daemon=True).start()
    try:
        found, error = answers.get(timeout=seconds)
    except queue.Empty:
        raise TimeoutError(f"no answer in {seconds:.0f} s") from None
    if error is not None:
        raise error
    return found
