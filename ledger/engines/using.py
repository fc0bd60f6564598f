"""Which of them calculates, as a command was told."""

from collections.abc import Iterator
from contextlib import contextmanager

from calculators.awards.all import Calculate, calculate_all
from calculators.awards.apart import Answers, calculated_by
from calculators.problems import N_, refuse
from ledger.engines.extras import extra
from ledger.engines.loopback import is_loopback

__all__ = ["computing"]


@contextmanager
def computing(jobs: int = 1, engine: str = "") -> Iterator[Calculate]:
    """`calculate_all`, or the same by `jobs` processes or by the engine at an address (`dask://` or `ray://HOST:PORT`).

    Refuses `engine_and_jobs`, `engine_unknown`, and what an engine refuses.
    """
    if engine and jobs > 1:
        raise refuse(
            "engine_and_jobs",
            N_("--jobs {jobs} starts processes here, and {engine} has its own"),
            N_("give one of the two"),
            jobs=jobs,
            engine=engine,
        )
    if not engine and jobs == 1:
        yield calculate_all
        return
    # Loaded by whoever asks for it.
    with _opened(jobs, engine) as answers:
        yield calculated_by(answers)


@contextmanager
def _opened(jobs: int, engine: str) -> Iterator[Answers]:
    if not engine:
        from ledger.engines.pool import pool

        with pool(jobs) as answers:
            yield answers
        return
    scheme, found, address = engine.partition("://")
    host = address.rpartition(":")[0].strip("[]")
    if scheme == "dask" and found and host:
        with extra("dask"):
            from ledger.engines.dask import connected
        with connected(engine, address, here=is_loopback(host)) as answers:
            yield answers
        return
    if scheme == "ray" and found and host:
        with extra("ray"):
            from ledger.engines.ray import connected as connected_to_ray
        with connected_to_ray(engine, here=is_loopback(host)) as answers:
            yield answers
        return
    raise refuse(
        "engine_unknown",
        N_("{engine} is the address of no engine that is known here"),
        N_("write dask://HOST:PORT or ray://HOST:PORT"),
        engine=engine,
    )
