"""`python -m pyterrier_optical.cli`."""

from pyterrier_optical.cli import main

if __name__ == "__main__":
    main()
