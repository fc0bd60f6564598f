"""What the acts of a set of duties do, in words."""

from calculators.problems import N_

EFFECTS = {
    "book": N_("closes the book"),
    "facts": N_("records facts"),
    "money": N_("moves money or lets it go"),
    "people": N_("changes who may act"),
    "rules": N_("changes what holds"),
    "stop": N_("only stops"),
}
