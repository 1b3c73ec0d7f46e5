"""Everyday nouns in seven languages: a bare reranker puts the English word first among 54."""

import pandas as pd
import pytest

from pyterrier_optical import OpticalReranker, OpticalTranslator
from pyterrier_optical.query.gloss import glosses_for
from pyterrier_optical.translate.translator import load_lexicon

WORDS = {
    "en": "water house tree dog cat fire bread milk road river mountain sun moon rain book school teacher doctor hand "
    "eye head child woman man king town market money meat fish salt egg cow goat horse bird snake door window chair "
    "table knife shirt shoe bed star stone leaf flower fruit friend mother father name",
    "fr": "eau maison arbre chien chat feu pain lait route rivière montagne soleil lune pluie livre école "
    "enseignant médecin",
    "es": "agua casa árbol perro gato fuego pan leche camino río montaña sol luna lluvia libro escuela maestro médico",
    "de": "Wasser Haus Baum Hund Katze Feuer Brot Milch Straße Fluss Berg Sonne Mond Regen Buch Schule Lehrer Arzt",
    "sw": "maji nyumba mti mbwa paka moto mkate maziwa barabara mto mlima jua mwezi mvua kitabu shule mwalimu daktari",
    "hi": "पानी घर पेड़ कुत्ता बिल्ली आग रोटी दूध सड़क नदी पहाड़ सूरज चाँद बारिश किताब स्कूल शिक्षक डॉक्टर",
    "zu": "amanzi indlu isihlahla inja ikati umlilo isinkwa ubisi umgwaqo umfula intaba ilanga inyanga imvula incwadi "
    "isikole uthisha udokotela",
    "yo": "omi ilé igi ajá ológbò iná búrẹ́dì wàrà ọ̀nà odò òkè oòrùn òṣùpá òjò ìwé ilé-ìwé olùkọ́ dókítà",
}
ENGLISH = WORDS["en"].split()


def ranked_first(reranker, lang: str) -> float:
    words = WORDS[lang].split()
    rows = [(str(i), word, english, english) for i, word in enumerate(words) for english in ENGLISH]
    frame = pd.DataFrame(rows, columns=["qid", "query", "docno", "text"])
    best = reranker(frame).query("rank == 0").set_index("qid")["docno"]
    return sum(best[str(i)] == ENGLISH[i] for i in range(len(words))) / len(words)


# Of 18 words the model and its lexicon miss two in Zulu and three in Yoruba, whose bitext is small.
LEAST = {"zu": 0.88, "yo": 0.83}


@pytest.fixture(scope="module")
def reranker():
    return OpticalReranker()


@pytest.mark.parametrize("lang", [lang for lang in WORDS if lang != "en"])
def test_the_right_word_comes_first(shipped_model, reranker, lang):
    assert ranked_first(reranker, lang) >= LEAST.get(lang, 0.9)


def test_names_in_small_letters_are_not_glossed_as_others():
    frame = pd.DataFrame({"query": ["kenya", "nairobi", "hausa", "maji safi"]})
    assert glosses_for(OpticalReranker(), frame).tolist() == ["", "", "", "water clean"]


# The bitext of these languages has the names a few times, beside their adjectives in the English.
@pytest.mark.parametrize(
    ("lang", "names"),
    [
        ("sw", "nigeria chad canada algeria"),
        ("ha", "japan iceland"),
        ("ig", "america japan italy"),
        ("yo", "india korea"),
    ],
)
def test_names_are_not_glossed_as_their_adjectives(lang, names):
    lexicon = load_lexicon(None)
    assert not any(
        OpticalTranslator(lexicon.terms, method="lexicon", lexicon=lexicon, lang=lang).glosses(names.split())
    )
