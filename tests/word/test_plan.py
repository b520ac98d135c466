"""Plans: what Jinja becomes, what the proof of well-formedness accepts and refuses, and that both engines agree."""

from __future__ import annotations

from typing import Any

import pytest
from docx_samples import template, with_body
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from docgen.errors import DocgenError
from docgen.word.engine.compile import compile_template, environment
from docgen.word.engine.flow import UnprovenError, prove
from docgen.word.engine.operations import Choice, Field, Plan, Value, blank
from docgen.word.engine.translate import Translator, UnplannedError

ENV = environment({})


def plan(source: str) -> Plan:
    return Translator(ENV).plan(ENV.parse(source), 1)


def wrapped(inner: str) -> str:
    return f"<w:p><w:r><w:t>{inner}</w:t></w:r></w:p>"


def kinds(made: Plan) -> list[str]:
    return [type(operation).__name__ for operation in made.operations]


def test_neighbouring_texts_are_one() -> None:
    assert kinds(plan("a{{ 1 }}b{# c #}d{{ x }}")) == ["bytes", "Value", "bytes", "Value"]


def test_the_boxes_of_one_criterion_are_one_choice() -> None:
    boxes = "".join(f"<b>{{% if l.i1 == '{code}' %}}1{{% else %}}0{{% endif %}}</b>" for code in ("tot", "kem"))
    made = plan(f"a{boxes}z")
    assert kinds(made) == ["bytes", "Choice", "bytes"]
    choice = made.operations[1]
    assert isinstance(choice, Choice)
    assert choice.outcomes == {"kem": b"0</b><b>1", "tot": b"1</b><b>0"}
    assert choice.otherwise == b"0</b><b>0"
    for value in ("tot", "kem", "", "khác", None, 7, ["tot"]):
        assert made.run({"l": {"i1": value}}).decode() == ENV.from_string(f"a{boxes}z").render(l={"i1": value})


def test_choices_of_two_criteria_stay_apart() -> None:
    made = plan("{% if a == 'x' %}1{% endif %}-{% if b == 'x' %}2{% endif %}-{% if b != 'x' %}3{% endif %}")
    assert kinds(made) == ["Choice", "bytes", "Choice"]
    assert made.run({"a": "x", "b": "y"}) == b"1--3"


def test_a_control_is_one_field() -> None:
    made = plan("{% if x|docgen_blank %}S{% endif %}m{% if x|docgen_blank %}prompt{% else %}[{{ x }}]{% endif %}")
    (field,) = made.operations
    assert isinstance(field, Field)
    assert [made.run({"x": value}) for value in ("v", "", None)] == [b"m[v]", b"Smprompt", b"Smprompt"]


@pytest.mark.parametrize(
    "source",
    [
        "{% set a = 1 %}",
        "{{ a + 1 }}",
        "{{ a() }}",
        "{{ a.items }}",
        "{{ a._x }}",
        "{{ a['_x'] }}",
        "{{ a[b] }}",
        "{{ a|join }}",
        "{{ a|default(b) }}",
        "{{ range }}",
        "{% for x, y in a %}{% endfor %}",
        "{% for x in a if x %}{% endfor %}",
        "{% for x in a recursive %}{% endfor %}",
        "{% for x in a %}{{ loop.cycle }}{% endfor %}",
        "{% include 'x' %}",
        "{{ 1 < a < 3 }}",
    ],
)
def test_what_a_plan_does_not_know(source: str) -> None:
    with pytest.raises(UnplannedError):
        plan(source)


@pytest.mark.parametrize(
    "source",
    [
        wrapped("{{ a }}"),
        '<w:p a="{{ a }}"/>',
        '<w:p{% if a %} b="{{ a }}"{% endif %}/>',
        wrapped("{% if a %}x{% else %}y{% endif %}"),
        "<w:p>{% for x in a %}<w:r><w:t>{{ x }}</w:t></w:r>{% endfor %}</w:p>",
        "<w:p>{% if a %}</w:p><w:p>{% endif %}</w:p>",
        "<w:p>{% for x in a %}</w:p><w:p>{% endfor %}</w:p>",
        '<?xml version="1.0"?><!-- x --><w:p/>',
    ],
)
def test_proved(source: str) -> None:
    prove(plan(source).operations)


@pytest.mark.parametrize(
    "source",
    [
        "<w:p>{{ a }}</w:p>",
        "<w:p {{ a }}/>",
        "<w:p a='{{ a }}'/>",
        "<w:{{ a }}/>",
        "<w:p>",
        "</w:p>",
        "<w:p></w:r>",
        "{% if a %}<w:p>{% endif %}</w:p>",
        "<w:p>{% if a %}<w:r>{% else %}<w:t>{% endif %}</w:r></w:p>",
        "{% for x in a %}<w:p>{% endfor %}",
        "<w:p>{% for x in a %}<w:r></w:r></w:p>{% endfor %}",
        '<w:p a="{% if a %}"/>{% endif %}',
        wrapped("a\tb"),
    ],
)
def test_not_proved(source: str) -> None:
    with pytest.raises(UnprovenError):
        prove(plan(source).operations)


def test_the_style_of_a_value_is_that_of_its_run() -> None:
    made = plan(
        "<w:p><w:pPr><w:jc/></w:pPr><w:r><w:rPr><w:b/></w:rPr><w:t>{{ a }}</w:t></w:r>"
        "<w:r><w:t>{{ b }}</w:t></w:r></w:p>"
        "<w:p><w:r><w:rPr>{% if c %}<w:i/>{% endif %}</w:rPr><w:t>{{ d }}</w:t></w:r></w:p>"
    )
    prove(made.operations)
    first, second, third = (op for op in made.operations if isinstance(op, Value))
    assert first.style is not None
    assert (first.style.run, first.style.paragraph) == ("<w:rPr><w:b/></w:rPr>", "<w:pPr><w:jc/></w:pPr>")
    assert second.style is not None
    assert second.style.run == ""
    assert third.style is None


def test_blank() -> None:
    assert [blank(value) for value in (None, "", [], [""], [None, ""], ())] == [True] * 6
    assert [blank(value) for value in ("x", " ", 0, False, ["x"], ["", "x"], {})] == [False] * 7


def test_a_loop_leaves_the_names_around_it_alone() -> None:
    inner = "{% for x in x %}{{ x }}{{ loop.index }}{% endfor %}"
    source = f"{{% for x in xs %}}{inner}{{{{ loop.last }}}}{{{{ x|length }}}}{{% endfor %}}{{{{ x }}}}"
    context = {"xs": [["a", "b"], ["c"]], "x": "ngoài"}
    assert plan(source).run(context).decode() == ENV.from_string(source).render(context)


def test_types_that_print_themselves_differently() -> None:
    class Shout(str):
        def __str__(self) -> str:
            return self.upper()

    class Quiet(str):
        __slots__ = ()

    context: dict[str, Any] = {"a": Shout("a"), "b": Quiet("b"), "c": 1.5, "d": True, "e": None, "f": {"k": [1]}}
    source = "{{ a }}{{ b }}{{ b }}{{ c }}{{ d }}{{ e }}{{ f }}"
    assert plan(source).run(context) == b"Abb1.5TrueNone{'k': [1]}"
    assert ENV.from_string("{{ a }}").render(context) == plan("{{ a }}").run(context).decode()


# -- any nesting of what a plan knows gives what Jinja gives

_LEAF = st.sampled_from(
    [
        "{{ a }}",
        "{{ b.c }}",
        "{{ n }}",
        "chữ &amp; ",
        "{{ e }}",
        "{% if a == 'x' %}X{% else %}x{% endif %}",
        "{{ b['c']|upper }}",
    ]
)
_TEST = st.sampled_from(["a", "not e", "a == 'x'", "n > 1", "b.c in ['y', 'z']", "e is none or a", "a and n", "xs"])


def _nest(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    some = st.lists(inner, max_size=3).map("".join)
    return st.one_of(
        st.builds(lambda t, one, two: f"{{% if {t} %}}{one}{{% else %}}{two}{{% endif %}}", _TEST, some, some),
        st.builds(lambda body: f"{{% for i in xs %}}{{{{ loop.index }}}}{{{{ i }}}}{body}{{% endfor %}}", some),
        st.builds(lambda t, x, y: f"{{% if {t} %}}{x}{{% elif n == 2 %}}{y}{{% endif %}}", _TEST, some, some),
    )


@settings(max_examples=200, deadline=None)
@given(
    st.lists(st.recursive(_LEAF, _nest, max_leaves=12), max_size=6).map("".join),
    st.fixed_dictionaries(
        {
            "a": st.sampled_from(["x", "", "<&>"]),
            "b": st.fixed_dictionaries({"c": st.sampled_from(["y", "ê"])}),
            "n": st.integers(0, 3),
            "e": st.none() | st.just(""),
            "xs": st.lists(st.sampled_from(["1", "hai"]), max_size=3),
        }
    ),
)
def test_plan_and_jinja_agree(source: str, context: dict[str, Any]) -> None:
    made = plan(wrapped(source))
    prove(made.operations)
    out = made.run(context)
    assert etree.fromstring(out.replace(b"w:", b"")) is not None
    jinja = ENV.from_string(wrapped(source)).render(context)
    assert etree.tostring(etree.fromstring(out.replace(b"w:", b""))) == etree.tostring(
        etree.fromstring(jinja.replace("w:", ""))
    )


def test_threads_and_fallback_share_nothing() -> None:
    """A value that needs Jinja in one rendering leaves the next one on the plan."""

    class Markup:
        def __html__(self) -> str:
            return "</w:t></w:r><w:r><w:t>đậm"

    compiled = compile_template(template("{{ v }}"))
    assert b"\xc4\x91\xe1\xba\xadm" in compiled.render_parts({"v": Markup()})["word/document.xml"]
    assert compiled.fast
    assert compiled.render_parts({"v": "x"}) == compiled.render_parts({"v": "x"})


def test_values_in_attributes() -> None:
    source = with_body('<w:p><w:r><w:t>{{ a }}</w:t></w:r><w:bookmarkStart w:id="1" w:name="{{ a }}"/></w:p>')
    made = compile_template(source)
    assert made.fast
    root = etree.fromstring(made.render_parts({"a": '"<&>"'})["word/document.xml"])
    assert [node.get("{*}name") or list(node.attrib.values())[-1] for node in root.iter("{*}bookmarkStart")] == [
        '"<&>"'
    ]


def test_an_if_on_something_missing_is_an_error() -> None:
    compiled = compile_template(template("một", "{% if thiếu %}a{% endif %}"))
    with pytest.raises(DocgenError) as caught:
        compiled.render({})
    assert caught.value.facts["place"].paragraph == 2
