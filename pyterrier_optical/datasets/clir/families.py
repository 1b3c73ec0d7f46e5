"""Licence, citation and the way to the files of each collection."""

from pyterrier_optical.datasets.preset import Family

_LDC = (
    "get {number} from the Linguistic Data Consortium (a licence is needed), then run `mkdir -p ~/.ir_datasets/{name} "
    "&& ln -s /path/to/{number} ~/.ir_datasets/{name}/corpus.tgz`"
)
_MSMARCO = "MS MARCO's terms: research that is not commercial"

HC4 = Family(
    "HC4",
    "https://github.com/hltcoe/HC4",
    "ODC-BY",
    "Lawrie, Mayfield, Oard and Yang, ECIR 2022, https://arxiv.org/abs/2201.09992",
    "run `git clone https://github.com/hltcoe/HC4 && cd HC4 && pip install -r requirements.txt && python "
    "download_documents.py --storage ~/.ir_datasets/hc4 --{lang3} resources/hc4/{lang3}/ids*.jsonl.gz`, then its "
    "fix_document_order.py",
)
NEUCLIR = Family(
    "NeuCLIR",
    "https://neuclir.github.io",
    "ODC-BY",
    "Lawrie et al., TREC 2022 and 2023, https://arxiv.org/abs/2304.12367 and https://arxiv.org/abs/2404.08071",
)
CSL = Family(
    "CSL, TREC NeuCLIR's technical documents task",
    "https://neuclir.github.io",
    "Apache-2.0",
    "Li et al., COLING 2022, https://arxiv.org/abs/2209.05034; Lawrie et al., TREC 2023",
)
WIKICLIR = Family(
    "WikiCLIR",
    "https://www.cs.jhu.edu/~kevinduh/a/wikiclir2018/",
    "text of Wikipedia: CC-BY-SA",
    "Sasaki et al., NAACL 2018, https://aclanthology.org/N18-2073",
)
CLIRMATRIX = Family(
    "CLIRMatrix",
    "https://github.com/ssun32/CLIRMatrix",
    "CC-BY-4.0; text of Wikipedia: CC-BY-SA",
    "Sun and Duh, EMNLP 2020, https://aclanthology.org/2020.emnlp-main.340",
)
MMARCO = Family(
    "mMARCO",
    "https://github.com/unicamp-dl/mMARCO",
    f"Apache-2.0; {_MSMARCO}",
    "Bonifacio et al. 2021, https://arxiv.org/abs/2108.13897",
)
NEUMARCO = Family(
    "neuMARCO",
    "https://ir-datasets.com/neumarco.html",
    _MSMARCO,
    "Lawrie, Yang, Oard and Mayfield, ECIR 2023, https://arxiv.org/abs/2209.01335",
)
MR_TYDI = Family(
    "Mr. TyDi",
    "https://github.com/castorini/mr.tydi",
    "Apache-2.0",
    "Zhang, Ma, Shi and Lin, MRL 2021, https://arxiv.org/abs/2108.08787",
)
MIRACL = Family(
    "MIRACL",
    "https://github.com/project-miracl/miracl",
    "Apache-2.0",
    "Zhang et al., TACL 2023, https://arxiv.org/abs/2210.09984",
)
TREC_SPANISH = Family(
    "TREC Spanish",
    "https://ir-datasets.com/trec-spanish.html",
    "LDC user agreement (LDC2000T51)",
    "Harman, TREC-3 and TREC-4; Rogers 2000, https://catalog.ldc.upenn.edu/LDC2000T51",
    _LDC.format(number="LDC2000T51", name="trec-spanish"),
)
TREC_MANDARIN = Family(
    "TREC Mandarin",
    "https://ir-datasets.com/trec-mandarin.html",
    "LDC user agreement (LDC2000T52)",
    "Harman, TREC-5 and TREC-6; Rogers 2000, https://catalog.ldc.upenn.edu/LDC2000T52",
    _LDC.format(number="LDC2000T52", name="trec-mandarin"),
)
TREC_ARABIC = Family(
    "TREC Arabic",
    "https://ir-datasets.com/trec-arabic.html",
    "LDC user agreement (LDC2001T55)",
    "Gey and Oard, TREC 2001 and 2002; Graff and Walker 2001, https://catalog.ldc.upenn.edu/LDC2001T55",
    _LDC.format(number="LDC2001T55", name="trec-arabic"),
)
CIRAL = Family(
    "CIRAL",
    "https://github.com/ciralproject/ciral",
    "Apache-2.0",
    "Adeyemi et al., SIGIR 2024, https://doi.org/10.1145/3626772.3657884",
    "run `cd ${{OPTICAL_DATA:?}} && git clone https://huggingface.co/datasets/CIRAL/ciral && git clone "
    "https://huggingface.co/datasets/CIRAL/ciral-corpus` with git-lfs",
)
AFRICLIRMATRIX = Family(
    "AfriCLIRMatrix",
    "https://github.com/castorini/africlirmatrix",
    "Apache-2.0; text of Wikipedia: CC-BY-SA",
    "Ogundepo et al., EMNLP 2022, https://aclanthology.org/2022.emnlp-main.597",
    "run `cd ${{OPTICAL_DATA:?}} && git clone https://github.com/castorini/africlirmatrix && git clone "
    "https://huggingface.co/datasets/castorini/africlirmatrix africlirmatrix-corpus` with git-lfs",
)
AFRIQA_OPEN = Family(
    "AfriQA over all of Wikipedia",
    "https://github.com/masakhane-io/afriqa",
    "CC-BY-4.0; text of Wikipedia: CC-BY-SA",
    "Ogundepo et al., Findings of EMNLP 2023, https://arxiv.org/abs/2305.06897",
    "make the passages with scripts/generate_process_dumps.sh of https://github.com/masakhane-io/afriqa and put them "
    "at $OPTICAL_DATA/afriqa/enwiki-20220501.tsv",
)
