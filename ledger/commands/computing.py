"""The options that say who calculates: this process, more of them, or an engine on other machines."""

from collections.abc import Callable
from typing import TypeVar

import click

from calculators.problems import N_

__all__ = ["ENGINE", "JOBS", "computing_options"]

FC = TypeVar("FC", bound=Callable[..., object])

# By these names a command is given them.
JOBS, ENGINE = "jobs", "engine"


def computing_options(command: FC) -> FC:
    """`--jobs N` and `--engine URL`; what a command comes to does not depend on them."""
    jobs = click.option(
        "--jobs",
        JOBS,
        type=click.IntRange(1),
        default=1,
        metavar="N",
        help=N_("Calculate in so many processes of this machine; the result is the same."),
    )
    engine = click.option(
        "--engine",
        ENGINE,
        envvar="SUBSIDY_ENGINE",
        show_envvar=True,
        default="",
        metavar="URL",
        help=N_(
            "Calculate on a cluster that runs already: dask://HOST:PORT or ray://HOST:PORT; see docs/scale.md. The "
            "result is the same."
        ),
    )
    return jobs(engine(command))
