"""What Schemathesis cannot know of Baqylau's descriptions: what its formats look like, and that some words are secrets."""

import schemathesis
from hypothesis import strategies as st

# Of the basic plane: JSON Schema counts characters, and Baqylau, as its description says, UTF-16 code units.
LETTERS = st.characters(max_codepoint=0xFFFF, exclude_categories=["Cc", "Cs"])
HEXADECIMAL = st.sampled_from("0123456789abcdef")

# One day, so that `to` is not before `from`, and nothing lies in the future: what no schema says.
DAY = "2005-10-19"
TIME = "2005-10-19T09:30:00+06:00"

schemathesis.openapi.format("line", st.text(LETTERS, min_size=1, max_size=40))
schemathesis.openapi.format("text", st.text(st.one_of(LETTERS, st.just("\n")), min_size=1, max_size=200))
schemathesis.openapi.format("sha256", st.text(HEXADECIMAL, min_size=64, max_size=64))
schemathesis.openapi.format("uuid", st.uuids(version=4).map(str))
schemathesis.openapi.format("date", st.just(DAY))
schemathesis.openapi.format("date-time", st.just(TIME))
schemathesis.openapi.format("date-or-date-time", st.sampled_from([DAY, TIME]))


@schemathesis.hook
def before_call(context, case, **kwargs):
    """In a request that is meant to be good, leaves out what would have to come from elsewhere: receipts, cursors, the id; and names an author."""
    if case.meta is None or not case.meta.generation.mode.is_positive:
        return
    for name in ("Baqylau-Receipt", "Baqylau-Author"):
        case.headers.pop(name, None)
    # Without a receipt, an operator has to.
    if case.method in ("PUT", "DELETE"):
        case.headers["Baqylau-Author"] = "local-operator"
    case.query.pop("cursor", None)
    # It would have to be the one in the address.
    if case.method == "PUT" and isinstance(case.body, dict):
        case.body.pop("reportId", None)
