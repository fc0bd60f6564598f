"""What a notice for allocated subsidies says, in plain sentences."""

from collections.abc import Iterator

from calculators.explain.item_sentences import ItemReader
from calculators.explain.sentences import Sentence
from calculators.money import format_percent, format_yuan
from calculators.notices.allocation import AllocatedSubsidyNotice
from calculators.problems import N_, Say

__all__ = ["AllocatedSubsidyReader"]

_BEFORE_AUDIT = {
    "claimed": N_("Before an audit the investment counts as claimed; an audit puts that right."),
    "nothing": N_("Before an audit nothing is due."),
}
_STAGES = {
    "grant": N_("{id}: {percent} with the grant."),
    "stage": N_("{id}: {percent} once the evidence of this stage is there."),
    "acceptance": N_("{id}: {percent} once the project has passed its acceptance, with everything not paid before."),
}


class AllocatedSubsidyReader(ItemReader):
    """A notice for allocated subsidies being read back."""

    notice: AllocatedSubsidyNotice

    def __init__(self, notice: AllocatedSubsidyNotice, say: Say) -> None:
        super().__init__(notice, say)

    def rules(self) -> Iterator[Sentence]:
        """Share, stages, acceptance."""
        allocation = self.notice.allocation
        share = format_percent(allocation.share)
        if allocation.at_most is None:
            yield self.fill(N_("The subsidy is {share} of the audited investment."), share=share), allocation
        else:
            said = self.fill(
                N_("The subsidy is {share} of the audited investment, at most {amount} yuan per project."),
                share=share,
                amount=format_yuan(allocation.at_most),
            )
            yield said, allocation
        yield self.say(_BEFORE_AUDIT[allocation.before_audit]), allocation
        for stage in self.notice.stages:
            yield self.fill(_STAGES[stage.on], id=stage.id, percent=format_percent(stage.percent)), stage
        yield (
            self.say(
                N_(
                    "After an acceptance that failed, wholly or in part, no further stage is paid, and of what was paid"
                    " the part not done is paid back."
                )
            ),
            self.notice.acceptance,
        )
