"""``python -m pyterrier_optical.cli``, as torch's launcher of several processes needs it."""

from pyterrier_optical.cli import main

if __name__ == "__main__":
    main()
