"""What a template may cost: each way to make a form dear is refused by name, with the tag's place, in a moment."""

from __future__ import annotations

from typing import Any

import pytest
from docx_samples import template, text

from docgen.errors import EXIT_FINDINGS, DocgenError, InputError
from docgen.i18n import LANGUAGES, has_message, message
from docgen.word.engine import limits
from docgen.word.engine.compile import compile_template
from docgen.word.engine.limits import LimitError, check_openings, weight
from docgen.word.engine.operations import Frame
from docgen.word.engine.sandbox import environment

PEOPLE = [{"name": f"Người {n}"} for n in range(1000)]
CONTEXT: dict[str, Any] = {"x": 1, "name": "a", "people": PEOPLE, "long": "dài " * 20_000, "xs": []}

#: Payload and the limit it meets.
DEAR = {
    "3,000 brackets": ("{{ " + "(" * 3000 + "x" + ")" * 3000 + " }}", "long_tag"),
    "30 brackets": ("{{ " + "(" * 30 + "x" + ")" * 30 + " }}", "too_deep"),
    "lists in lists": ("{{ " + "[" * 30 + "x" + "]" * 30 + " }}", "too_deep"),
    "20,000 filters": ("{{ x" + "|upper" * 20_000 + " }}", "long_tag"),
    "200 filters": ("{{ x" + "|upper" * 200 + " }}", "too_deep"),
    "400 nots": ("{{ " + "not " * 400 + "x }}", "too_deep"),
    "400 signs": ("{{ " + "- " * 400 + "x }}", "too_deep"),
    "sum of 240": ("{{ " + "+".join(["x"] * 240) + " }}", "too_deep"),
    "chain of 240": ("{{ x" + ".a" * 240 + " }}", "too_deep"),
    "1,000 nested ifs": ("{% if x %}" * 1000 + "a" + "{% endif %}" * 1000, "too_nested"),
    "50 nested ifs": ("{% if x %}" * 50 + "a" + "{% endif %}" * 50, "too_nested"),
    "1,000 branches": ("{% if x %}" + "{% elif x %}" * 1000 + "{% endif %}", "too_nested"),
    "nested set blocks": ("{% set a %}" * 300 + "{% endset %}" * 300, "too_nested"),
    "20 nested loops": ("{% for a in people %}" * 20 + "{% endfor %}" * 20, "too_nested"),
    "too many tags": ("{{x}}" * 10_001, "too_many_tags"),
    "width as filter": ("{{ '%9999999999d'|format(1) }}", "wide"),
    "width as operator": ("{{ '%9999999999d' % 1 }}", "wide"),
    "width from outside": ("{{ '%*d' % (9999999999, 1) }}", "wide"),
    "precision": ("{{ '%.999999999f' % 1.5 }}", "wide"),
    "width as method": ("{{ '{:9999999999}'.format(1) }}", "wide"),
    "width in a width": ("{{ '{:{}}'.format(1, 9999999999) }}", "wide"),
    "times": ("{{ 'x' * 10**9 }}", "long_text"),
    "times, turned": ("{{ 1000000000 * name }}", "long_text"),
    "list times": ("{{ [1] * 10**9 }}", "too_much_made"),
    "lists of lists": ("{% set a = [1]*1000 %}{% set b = [a]*1000 %}{% set c = [b]*1000 %}{{ c }}", "too_much_made"),
    "list of itself": ("{% set a = [x,x] %}" + "{% set a = [a,a,a,a] %}" * 30 + "{{ a }}", "too_much_made"),
    "appended to itself": ("{% set a = [1] %}{{ a.append(a) }}{{ a }}", "too_much_made"),
    "power": ("{{ 10**(10**10) }}", "large_number"),
    "factors": ("{% set a = 2**4000 %}{{ a * a }}", "large_number"),
    "doubling": ("{% set n = namespace(t='ab') %}{% for p in people %}{% set n.t = n.t ~ n.t %}{% endfor %}",
                 "long_text"),
    "doubling with plus": ("{% set n = namespace(t='ab') %}{% for p in people %}{% set n.t = n.t + n.t %}{% endfor %}",
                           "long_text"),
    "center": ("{{ name|center(10**9) }}", "long_text"),
    "ljust": ("{{ name.ljust(10**9) }}", "long_text"),
    "zfill": ("{{ name.zfill(10**9) }}", "long_text"),
    "indent": ("{{ name|indent(10**9, true) }}", "long_text"),
    "replace": ("{{ ('a'*1000)|replace('a', 'b'*100000) }}", "long_text"),
    "replace method": ("{{ ('a'*1000).replace('', 'b'*100000) }}", "long_text"),
    "join": ("{{ range(90000)|join('x'*1000) }}", "long_text"),
    "join method": ("{{ ('x'*100000).join('y'*1000) }}", "long_text"),
    "join, lazy": ("{{ range(90000)|map(attribute='q', default='x'*100000)|join }}", "long_text"),
    "wordwrap": ("{{ ('x'*100000)|wordwrap(1, true, 'y'*1000) }}", "long_text"),
    "slice": ("{{ range(9)|slice(10**9)|list }}", "too_much_made"),
    "batch": ("{{ range(9)|batch(10**9, 'x')|list }}", "too_much_made"),
    "round": ("{{ 1.5|round(10**9, 'ceil') }}", "large_number"),
    "nested loops": ("{% for a in range(99999) %}{% for b in range(99999) %}x{% endfor %}{% endfor %}",
                     "too_many_steps"),
    "nested loops without text": ("{% for a in range(99999) %}{% for b in range(99999) %}{% endfor %}{% endfor %}",
                                  "too_many_steps"),
    "loops of the plan": ("{% for a in people %}{% for b in people %}{% for c in people %}x{% endfor %}{% endfor %}"
                          "{% endfor %}", "too_much_written"),
    "long values of the plan": ("{% for a in people %}{{ long }}{% endfor %}", "too_much_written"),
    "long values of Jinja": ("{% for a in range(1000) %}{{ long }}{% endfor %}", "too_much_written"),
    "long values in a row": ("{{ long }}" * 2000, "too_much_written"),
    "long texts kept": ("".join(f"{{% set a{n} = 'x' * 999999 %}}" for n in range(300)), "too_much_made"),
    "split": ("{% for a in range(300) %}{% set b = long.split() %}{% endfor %}", "too_much_made"),
    "macro without end": ("{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}", "endless"),
    "macro that branches": ("{% macro m(n) %}{% if n %}{{ m(n-1) }}{{ m(n-1) }}{% endif %}{% endmacro %}{{ m(40) }}",
                            "too_many_steps"),
    "recursive loop": ("{% for a in range(99) recursive %}{% if loop.depth < 9 %}{{ loop(range(99)) }}{% endif %}"
                       "{% endfor %}", "too_many_steps"),
    "a loop that feeds itself": ("{% set a = [1] %}{% for b in a %}{% if a.append(1) %}{% endif %}{% endfor %}",
                                 "too_m"),
    "a number of 3,999 digits": ("{{ " + "9" * 3990 + " }}", ""),
    "a number of 9,999 digits": ("{{ " + "9" * 9990 + " }}", "long_tag"),
}  # fmt: skip
REFUSED = {
    "lipsum": ("{{ lipsum(n=1000000) }}", "unknown_tag"),
    "to_bytes": ("{{ x.to_bytes(10**10, 'big') }}", "unsafe"),
    "extend": ("{{ xs.extend(people) }}", "unsafe"),
    "update": ("{{ people[0].update(a=1) }}", "unsafe"),
    "expandtabs": ("{{ name.expandtabs(10**9) }}", "unsafe"),
    "translate": ("{{ name.translate({97: 'x'*9999}) }}", "unsafe"),
    "unclosed": ("{{ x", "syntax"),
    "unclosed many times": ("{{ " * 5000, "syntax"),
    "chance": ("{{ people|random }}", "syntax"),
}


@pytest.mark.timeout(60)
@pytest.mark.parametrize("kind", [*DEAR, *REFUSED])
def test_refused_by_name(kind: str) -> None:
    tag, code = {**DEAR, **REFUSED}[kind]
    if not code:
        compile_template(template(tag)).render(CONTEXT)
        return
    with pytest.raises(InputError) as caught:
        compile_template(template("đoạn một", tag)).render(CONTEXT)
    assert caught.value.code.startswith(f"errors.template.{code}")
    assert caught.value.exit_code == EXIT_FINDINGS
    assert caught.value.facts["part"] == "word/document.xml"
    for language in LANGUAGES:
        said = message(caught.value.code, language, **caught.value.facts)
        assert "{" not in said.replace(str(caught.value.facts["tag"])[:60], "").replace(tag[:40], "")
        if code not in ("syntax", "unsafe", "unknown_tag"):
            assert has_message(caught.value.code + ".hint", language)


def test_the_place_is_told() -> None:
    with pytest.raises(InputError) as caught:
        compile_template(template("đoạn một", "{{ x }} {{ 'y' * 10**9 }}")).render(CONTEXT)
    assert (caught.value.facts["tag"], caught.value.facts["place"].paragraph) == ("{{ 'y' * 10**9 }}", 2)
    with pytest.raises(InputError) as caught:
        compile_template(template("đoạn một", "{{ x }} {{ " + "(" * 30 + "x" + ")" * 30 + " }}"))
    assert caught.value.facts["place"].paragraph == 2


def test_a_template_beyond_its_size() -> None:
    with pytest.raises(DocgenError) as caught:
        compile_template(template("{{ x }}", " ".join(map(str, range(1_300_000)))))
    assert caught.value.code == "errors.template.too_large"


ORDINARY = {
    "{{ name|upper }} {{ name.title() }} {{ 'a' ~ name ~ x }}": "A A aa1",
    "{{ '%05.2f' % 1.5 }} {{ '%s-%s'|format(name, x) }} {{ '{:>5}'.format(x) }}": "01.50 a-1     1",
    "{{ x * 3 }} {{ name * 3 }} {{ 2 ** 10 }} {{ [1, x]|join('+') }}": "3 aaa 1024 1+1",
    "{% set n = namespace(t=0) %}{% for p in people %}{% set n.t = n.t + 1 %}{% endfor %}{{ n.t }}": "1000",
    "{% set a = [] %}{% for p in people[:3] %}{% if a.append(p.name) %}{% endif %}{% endfor %}{{ a|join(';') }}":
        "Người 0;Người 1;Người 2",
    "{{ people|map(attribute='name')|list|length }} {{ people|sort(attribute='name')|first }}": None,
    "{% for row in people[:4]|batch(2) %}{{ row|length }}{% endfor %} {{ (people[:3])|length }}": "22 3",
    "{{ range(5)|sum }} {{ people[0].items()|list|length }} {{ 'a,b'.split(',')[1] }}": "10 1 b",
    "{% for k, v in people[0].items() %}{{ k }}={{ v }}{% endfor %}{{ 1.25|round(1) }}": "name=Người 01.2",
}  # fmt: skip


@pytest.mark.parametrize("tag", ORDINARY)
def test_ordinary_templates_are_as_before(tag: str) -> None:
    made = text(compile_template(template(tag)).render(CONTEXT))["word/document.xml"]
    wanted = ORDINARY[tag]
    assert wanted is None or made[1] == wanted


def test_weighing_ends() -> None:
    itself: list[Any] = []
    itself.append(itself)
    assert weight(itself, 1000) > 1000
    assert weight({"a": ["bc", 1]}, 1000) < 1000


@pytest.mark.timeout(60)
def test_looking_for_tags_takes_linear_time() -> None:
    for piece in ("{{ ", "{% ", "{# ", "{", "{%tr x %}"):
        try:
            check_openings(piece * 300_000)
        except LimitError:
            continue


def test_a_frame_counts_what_is_written() -> None:
    frame = Frame({}, environment({}), 0, iter(()))
    frame.spend(limits.MAX_PLANNED_BYTES, 1)
    with pytest.raises(LimitError):
        frame.spend(1, 1)
