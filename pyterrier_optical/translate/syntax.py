"""Weighted terms as queries in the syntax of search engines, which rank them as `OpticalTranslator` weights them."""

import json
import re
from collections.abc import Callable, Mapping

import regex

_SPECIAL = re.compile(r'([+\-!(){}\[\]^"~*?:\\/&|\s<>=])')
_WORD = regex.compile(r"[\p{L}\p{M}\p{N}]+")
_OPERATORS = {"AND", "OR", "NOT", "TO"}


def lucene(terms: Mapping[str, float], field: str | None = None) -> str:
    """For the classic query parser of Lucene, Anserini, Solr, and ``query_string`` of Elasticsearch and OpenSearch.

    Args:
        terms: Weights of terms.
        field: The field to look in; None: the default one.

    Example:
        >>> lucene({"school": 0.55, "e-mail": 0.3})
        'school^0.55 e\\\\-mail^0.3'
    """
    prefix = f"{field}:" if field else ""
    return " ".join(f"{prefix}{_lucene_term(term)}^{weight}" for term, weight in _written(terms))


def opensearch(terms: Mapping[str, float], field: str | None = None) -> str:
    """The body of a search of OpenSearch or Elasticsearch, in one line of JSON, of terms that are not analysed again.

    Args:
        terms: Weights of terms.
        field: The field to look in; None: ``text``.

    Example:
        >>> opensearch({"school": 0.55})
        '{"query": {"bool": {"should": [{"term": {"text": {"value": "school", "boost": 0.55}}}]}}}'
    """
    clauses = [{"term": {field or "text": {"value": term, "boost": float(weight)}}} for term, weight in _written(terms)]
    return json.dumps({"query": {"bool": {"should": clauses}}}, ensure_ascii=False)


def terrier(terms: Mapping[str, float], field: str | None = None) -> str:
    """For Terrier's own query language; a term that has more than letters, marks and digits is left out.

    Args:
        terms: Weights of terms.
        field: The field to look in; None: all.

    Example:
        >>> terrier({"school": 0.55, "e-mail": 0.3}, "title")
        'title:school^0.55'
    """
    prefix = f"{field}:" if field else ""
    return " ".join(f"{prefix}{term}^{weight}" for term, weight in _written(terms) if _WORD.fullmatch(term))


#: Each syntax by its name.
SYNTAXES: dict[str, Callable[[Mapping[str, float], str | None], str]] = {
    "lucene": lucene,
    "opensearch": opensearch,
    "terrier": terrier,
}


def _written(terms: Mapping[str, float]) -> list[tuple[str, str]]:
    """Terms and weights by weight, without exponents; weights that are 0 in four digits are left out."""
    pairs = [(term, f"{weight:.4f}".rstrip("0").rstrip(".")) for term, weight in terms.items()]
    return sorted((pair for pair in pairs if pair[1] != "0"), key=lambda pair: -float(pair[1]))


def _lucene_term(term: str) -> str:
    return f'"{term}"' if term in _OPERATORS else _SPECIAL.sub(r"\\\1", term)
