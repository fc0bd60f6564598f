"""What can be wrong with a YAML text itself, in plain words: the parser's findings and what files of ours leave out."""

from dataclasses import dataclass

from ruamel.yaml.error import MarkedYAMLError

from calculators.problems import N_, Place, Problem

__all__ = ["UNUSABLE", "fault_of_syntax"]


@dataclass(frozen=True, slots=True)
class _Fault:
    code: str
    what: str
    remedy: str

    def at(self, place: Place) -> Problem:
        return Problem(self.code, self.what, self.remedy, place)


UNUSABLE = {
    "empty": _Fault("yaml_empty", N_("the file says nothing"), N_("write keys and values into it")),
    "no_keys": _Fault(
        "yaml_not_mapping", N_("the file does not begin with a key"), N_("write it as lines of key: value")
    ),
    "two_documents": _Fault(
        "yaml_two_documents",
        N_("a second document begins here"),
        N_("put it into a file of its own and take the line --- out"),
    ),
    "key": _Fault("yaml_key", N_("a key is a single word"), N_("write key: value")),
    "twice": _Fault("key_twice", N_("this key stands here for the second time"), N_("keep one of the two")),
    "anchor": _Fault(
        "yaml_anchor", N_("anchors and aliases (& and *) are not read"), N_("write the value out where it applies")
    ),
    "tag": _Fault("yaml_tag", N_("tags (!) are not read"), N_("write the value alone")),
    "no_value": _Fault("value_missing", N_("there is no value"), N_("write one, or take the key out")),
    "comma": _Fault(
        "yaml_comma",
        N_("a comma between brackets has split a number"),
        N_("put the number in quotes, or leave its commas out"),
    ),
    "deep": _Fault("yaml_deep", N_("parts are nested too deep"), N_("take brackets or indentation out")),
    "sign": _Fault(
        "yaml_sign",
        N_("here stands a control sign that no text has"),
        N_("delete it, or type the line anew"),
    ),
}

# What the parser found -> what to tell; the first that matches.
_SYNTAX = (
    ("\\t", _Fault("yaml_tab", N_("here stands a tab"), N_("indent with spaces, two for each level"))),
    (
        "cannot start any token",
        _Fault("yaml_quotes", N_("a value cannot begin with this sign"), N_("put the value in quotes")),
    ),
    (
        "mapping values are not allowed",
        _Fault(
            "yaml_colon",
            N_("a colon stands where no key can be"),
            N_("put a value that has a colon in quotes, and give the keys of one part the same indentation"),
        ),
    ),
    (
        "expected ',' or",
        _Fault("yaml_open", N_("a bracket above is not closed"), N_("close it, or put the value in quotes")),
    ),
    ("end of stream", _Fault("yaml_open", N_("a quote above is not closed"), N_("close it"))),
    ("end of document", _Fault("yaml_open", N_("a quote above is not closed"), N_("close it"))),
    (
        "could not find expected ':'",
        _Fault("yaml_no_colon", N_("this line has no colon after its key"), N_("write it as key: value")),
    ),
    (
        "escape",
        _Fault(
            "yaml_escape",
            N_("a backslash in double quotes must be a known escape"),
            N_("use single quotes, in which a backslash is itself"),
        ),
    ),
    ("undefined alias", UNUSABLE["anchor"]),
    ("another document", UNUSABLE["two_documents"]),
)
_ELSE = _Fault(
    "yaml_indentation",
    N_("the structure breaks off here"),
    N_("give the keys of one part the same indentation, and two spaces more to the keys inside it"),
)


def fault_of_syntax(error: MarkedYAMLError, source: str) -> Problem:
    """The parser's error as a problem at its place."""
    found = str(error.problem)
    # A key without a colon is noticed only on the next line; its own place is the error's context.
    mark = error.context_mark if "could not find expected ':'" in found else error.problem_mark
    place = Place(source, mark.line + 1, mark.column + 1) if mark else Place(source)
    return next((fault for sign, fault in _SYNTAX if sign in found), _ELSE).at(place)
