"""Documents encoded by processes of a Ray cluster, each block to a shard in the folder of the index."""

import logging
import os
from collections import deque
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from copy import copy
from pathlib import Path

from pyterrier_optical.base.extras import need
from pyterrier_optical.errors import OpticalError, shown
from pyterrier_optical.late.index.blocks import Block, write_block
from pyterrier_optical.late.index.encoding import Notices
from pyterrier_optical.late.index.meta import ShardEntry
from pyterrier_optical.late.index.settings import EncodingSettings

# How often a process that ended, with its machine perhaps, is started again.
_RESTARTS = 3


class RayBlocks:
    """Writes blocks of documents as shards, as `write_blocks_here` does, by processes that each load the model once.

    Only texts go over the network: a process writes its shards to the folder itself, which all machines must reach by
    the same path, as they must the model. The shards do not depend on the number of processes.

    Args:
        index: An `OpticalIndex`, with its models.
        settings: How documents are encoded.
        address: "local" starts Ray on this machine; "auto" or an address takes a cluster that runs. Where the caller
            has called ``ray.init`` already, that cluster is used.
        workers: Processes; None: one for each GPU, or each CPU core.
        new: Whether the index takes the models that were given, or has its own.

    Raises:
        OpticalError: Ray is not installed.
    """

    def __init__(self, index, settings: EncodingSettings, address: str, workers: int | None, *, new: bool):
        need("Indexing by Ray", "ray", "ray")
        self.index = _with_whole_paths(index)
        self.settings = settings
        self.address = address
        self.workers = workers
        self.new = new

    def __call__(self, named: Iterable[Block]) -> Iterator[tuple[ShardEntry, Notices]]:
        """Yields the shards in the order of the blocks; two blocks for each process are read ahead.

        Raises:
            OpticalError: There is no such cluster, a process ended again and again, or as `write_block`.
        """
        with _connected(self.address, self.workers) as ray:
            workers = self._start(ray)
            try:
                waiting: deque = deque()
                for number, block in enumerate(named):
                    if len(waiting) == 2 * len(workers):
                        yield _result(ray, waiting.popleft())
                    waiting.append(workers[number % len(workers)].write.remote(block))
                while waiting:
                    yield _result(ray, waiting.popleft())
            finally:
                for worker in workers:
                    ray.kill(worker)

    def _start(self, ray) -> list:
        found = ray.cluster_resources()
        kind = "GPU" if found.get("GPU") and self.index.device in (None, "cuda") else "CPU"
        options = {"num_gpus": 1} if kind == "GPU" else {"num_cpus": 1}
        worker = ray.remote(max_restarts=_RESTARTS, max_task_retries=_RESTARTS, **options)(_Worker)
        count = self.workers or max(1, int(found.get(kind, 1)))
        return [worker.remote(self.index, self.settings, new=self.new) for _ in range(count)]


class _Worker:
    """What runs in a process of Ray."""

    def __init__(self, index, settings: EncodingSettings, *, new: bool):
        self.folder = index.path
        self.settings = settings
        self.encoder = (index.load_given_encoders() if new else index.encoders)[1]

    def write(self, block: Block) -> tuple[ShardEntry, Notices]:
        return write_block(self.folder, block, self.encoder, self.settings)


@contextmanager
def _connected(address: str, workers: int | None) -> Iterator:
    import ray

    if ray.is_initialized():
        yield ray
        return
    options: dict = {"log_to_driver": False, "logging_level": logging.ERROR}
    if address == "local":
        # A library that starts Ray does not ask its user for statistics of use.
        os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")
        options |= {"num_cpus": workers, "include_dashboard": False}
    try:
        ray.init(address=address, **options)
    except (ConnectionError, ValueError) as error:
        raise OpticalError(
            f"There is no Ray cluster at {shown(address)}: start one with 'ray start --head', or use 'local' for the "
            "processes of this machine."
        ) from error
    try:
        yield ray
    finally:
        ray.shutdown()


def _result(ray, reference):
    try:
        return ray.get(reference)
    except ray.exceptions.RayTaskError as error:
        raise error.cause from error  # what the process raised
    except ray.exceptions.RayActorError as error:
        last = str(error).strip().splitlines()[-1]
        raise OpticalError(
            f"A process of Ray ended ({shown(last, 200)}): see that every machine has this package, memory for the "
            "model, and the index's folder and the model under the same paths."
        ) from error


def _with_whole_paths(index):
    """The same index for processes with another working folder."""

    def whole(model):
        is_folder = isinstance(model, (str, os.PathLike)) and Path(model).is_dir()
        return str(Path(model).absolute()) if is_folder else model

    index = copy(index)
    index.path = Path(index.path).absolute()
    index.model, index.document_model = whole(index.model), whole(index.document_model)
    return index
