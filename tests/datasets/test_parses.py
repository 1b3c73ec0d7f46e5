import pytest

from pyterrier_optical import OpticalError
from pyterrier_optical.datasets.parses import intent_and_structure


def test_order_and_words_do_not_matter():
    one = intent_and_structure("[IN:WAKE [SL:ANIMAL the old otter ] [SL:TIME dusk ] ]")
    other = intent_and_structure("[IN:WAKE [SL:TIME शाम ] [SL:ANIMAL ऊदबिलाव ] ]")
    assert one == other == ("IN:WAKE", "[IN:WAKE[SL:ANIMAL][SL:TIME]]")


def test_nesting_matters():
    flat = intent_and_structure("[IN:PAINT [SL:THING boat ] [SL:OWNER my ] ]")
    nested = intent_and_structure("[IN:PAINT [SL:THING [IN:FIND [SL:OWNER my ] ] ] ]")
    assert flat[0] == nested[0]
    assert flat[1] != nested[1]


def test_number_of_equal_slots_matters():
    once = intent_and_structure("[IN:WAKE [SL:ANIMAL owl ] ]")
    twice = intent_and_structure("[IN:WAKE [SL:ANIMAL owl ] [SL:ANIMAL wren ] ]")
    assert once[1] != twice[1]


def test_intent_without_slots():
    assert intent_and_structure("[IN:STOP ]") == ("IN:STOP", "[IN:STOP]")


@pytest.mark.parametrize(
    "parse",
    ["", "otter", "[IN:WAKE [SL:ANIMAL owl ]", "[IN:WAKE ] ]", "[IN:A ] [IN:B ]", "[SL:ANIMAL owl ]", "] [IN:A ]"],
)
def test_what_is_no_tree_is_named(parse):
    with pytest.raises(OpticalError, match="not one tree"):
        intent_and_structure(parse)
