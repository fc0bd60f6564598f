"""What ends a calculation on a cluster, whichever it is."""

from calculators.problems import N_, Refused, refuse

__all__ = ["engine_idle", "engine_lost", "engine_unreachable", "worker_lost", "worker_without"]


def engine_unreachable(url: str) -> Refused:
    return refuse(
        "engine_unreachable",
        N_("nobody answers at {engine}"),
        N_("see that the scheduler runs and that this machine may reach its port, then run it again"),
        engine=url,
    )


def engine_idle(url: str) -> Refused:
    return refuse(
        "engine_idle",
        N_("the scheduler at {engine} has no worker"),
        N_("start workers there, then run it again"),
        engine=url,
    )


def engine_lost(url: str) -> Refused:
    return refuse(
        "engine_lost",
        N_("the scheduler at {engine} went away before all was calculated"),
        N_("start it again, then run it again"),
        engine=url,
    )


def worker_lost(url: str) -> Refused:
    return refuse(
        "worker_lost",
        N_("workers of {engine} were ended again and again before they had an answer"),
        N_("give each worker more memory, or start fewer of them, then run it again"),
        engine=url,
    )


def worker_without(url: str, lacking: ImportError) -> Refused:
    return refuse(
        "worker_without",
        N_("a worker of {engine} lacks what it is to load ({name})"),
        N_("install the same release on this machine and on every worker, then run it again"),
        engine=url,
        name=lacking.name,
    )
