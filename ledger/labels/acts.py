"""What a command does, in a few words: the text of a link or a button that leads to its form."""

from calculators.problems import N_
from ledger.words import _

ACTS = {
    "approvals": N_("See who signed"),
    "approve": N_("Sign it"),
    "audit verify": N_("Verify the log"),
    "audit replay": N_("Calculate the runs again"),
    "budget issue": N_("Issue budget"),
    "budget year-end": N_("Close the budget year"),
    "clawback agree": N_("Agree to the claw-back"),
    "duties check": N_("See what nobody could sign"),
    "entity money": N_("See where the money is"),
    "entity show": N_("See the firm"),
    "explain": N_("See how it was calculated"),
    "import applications": N_("Bring the applications"),
    "import entities": N_("Bring the firms"),
    "import events": N_("Bring what the bank reports"),
    "import grants": N_("Bring the grants"),
    "import holds": N_("See the rows that are held"),
    "import loans": N_("Bring the bank's loans"),
    "import map": N_("Say how the bank's file is read"),
    "import payees": N_("Bring the payees"),
    "import payers": N_("Bring the payers"),
    "import wallets": N_("Bring the states of the wallets"),
    "import withdraw": N_("Take an import back"),
    "notice add": N_("Register a notice"),
    "opening import": N_("Bring what was paid before"),
    "opening none": N_("Say that nothing was paid before"),
    "pay approve": N_("Approve the payment"),
    "pay export": N_("Hand the payment over"),
    "pay import-result": N_("Bring the answer to the payment"),
    "pay owed": N_("See what is owed"),
    "pay prepare": N_("Prepare the payment"),
    "pay status": N_("See where the payment is"),
    "payee approve": N_("Agree to the changed payee"),
    "people add": N_("Enter an officer"),
    "people enrol": N_("Enter an officer with a key"),
    "people list": N_("See who is in office"),
    "public-notice object": N_("Record an objection"),
    "public-notice settle": N_("Settle an objection"),
    "public-notice show": N_("See the public notice"),
    "public-notice start": N_("Begin the public notice"),
    "reconcile confirm": N_("Decide what a line is"),
    "reconcile import": N_("Bring the statement"),
    "reconcile match": N_("Match the lines"),
    "reconcile report": N_("See the differences"),
    "reconcile sign-off": N_("Sign the month off"),
    "reconcile worklist": N_("Take the open lines as a workbook"),
    "report budget": N_("See how the budget is carried out"),
    "run interest": N_("Run the month"),
    "template": N_("Take empty registers to fill in"),
    "what-if": N_("Try a draft of a notice"),
}


def act(line: str) -> str:
    """What the command of a line does, in the reader's language; the line itself where nobody said so."""
    words = line.removeprefix("subsidy ").split()
    named = next((name for name in (" ".join(words[:2]), words[0]) if name in ACTS), None) if words else None
    return _(ACTS[named]) if named else line
