"""What the state of a wallet says to a payment: whether it may be paid, and how much in a day."""

from collections import Counter
from datetime import date
from functools import cached_property

from ledger.log import kinds
from ledger.office.bounds import bounds
from ledger.payouts.batches import batches
from ledger.payouts.states import State
from ledger.registry.wallets import WalletHold, stands_against
from ledger.store.ledger import View

# Nothing of these reaches the wallet.
_NOTHING = (State.CANCELLED, State.FAIL)


class Wallets:
    """The wallets whose state is known, and what goes to each of them on one day.

    What went out that day in batches before counts, with what waits to go out; a payment that nothing stands against
    counts from then on.
    """

    def __init__(self, view: View, day: date, but: str | None = None) -> None:
        self._view, self._day, self._but = view, day, but
        self._seen = {row.key: row.body for row in view.rows(kinds.WALLET)}

    def hold(self, payee: str, fen: int) -> WalletHold | None:
        """Why `fen` are not paid to a payee now."""
        seen = self._seen.get(payee)
        if seen is None:
            return None
        found = stands_against(seen, self._day, self._within, fen, self._of_day[payee])
        if found is None:
            self._of_day[payee] += fen
        return found

    @cached_property
    def _within(self) -> int:
        """For how many days what was seen is good."""
        return bounds(self._view).wallet_state_days

    @cached_property
    def _of_day(self) -> Counter[str]:
        """Payee -> fen of the day in other batches than the one that is asked for."""
        found: Counter[str] = Counter()
        for batch in batches(self._view):
            if batch.key != self._but and batch.sent_on in (None, self._day):
                for item in batch.items:
                    if item.state not in _NOTHING:
                        found[item.body["payee"]] += item.amount_fen
        return found
