"""An answer that is not waited for."""

from threading import Event

import pytest

from pyterrier_optical.base.waiting import within


def test_what_a_function_returns():
    assert within(5, lambda: "here") == "here"


@pytest.mark.parametrize("error", [OSError("no route"), SystemExit(3), KeyboardInterrupt()])
def test_what_a_function_raises_is_raised_at_once(error):
    def ask():
        raise error

    with pytest.raises(type(error)) as caught:
        within(60, ask)
    assert caught.value is error


def test_what_takes_longer_is_left_behind():
    over = Event()
    with pytest.raises(TimeoutError, match="no answer in 0 s"):
        within(0.05, over.wait)
    over.set()
