"""Who calculates: this process, a pool of processes on this machine, or an engine that runs already, by its address.

An engine gets tasks as bytes and gives their answers as bytes, in any order (`calculators.awards.wire`); it reads no
ledger and writes nothing. The one writer is the process that asked. Read `using`, then an adapter. What is loaded only
where it is asked for (`extras`), and what is another machine (`loopback`), is said here for other rooms too.
"""

__all__ = ["extras", "loopback", "using"]
