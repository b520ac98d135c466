"""compile_template gives the text that docxtpl gives, refuses what it should, and writes files that open."""

from __future__ import annotations

import io
import random
import zipfile
from dataclasses import dataclass
from typing import Any

import pytest
from docx import Document
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx_samples import by_docxtpl, part, saved, template, text, with_body
from docxtpl import Listing, RichText
from hypothesis import given, settings
from hypothesis import strategies as st

from docgen.errors import DocgenError, InputError
from docgen.word.engine.compile import CompiledTemplate, compile_template
from docgen.word.file.package import read_package

PEOPLE = [
    {"name": "Lê Văn Bình", "ok": True, "marks": [9, 8], "level": "tot"},
    {"name": "Trần & Hà <1>", "ok": False, "marks": [], "level": "kem"},
    {"name": "", "ok": True, "marks": [7], "level": "xuat_sac"},
]
CONTEXT: dict[str, Any] = {
    "name": "Nguyễn Văn \"A\" & 'B' < C",
    "empty": "",
    "none": None,
    "number": 12,
    "half": 0.5,
    "flag": True,
    "people": PEOPLE,
    "nothing": [],
    "deep": {"er": {"leaf": "lá", "list": ["một", "hai"]}},
    "lines": "dòng 1\ndòng 2\tsau tab\aa đoạn mới\fa trang mới",
    "colour": "FF0000",
    "html": "<w:p>{{ 7*7 }}{% endif %}",
    "count": 2,
    "columns": ["A", "B", "C"],
}

FAST: dict[str, list[str]] = {
    "plain": ["Họ tên: {{ name }}, số {{number}}, {{ half }}, {{ flag }}, {{ none }}, [{{ empty }}]"],
    "attributes and items": ["{{ deep.er.leaf }} {{ deep['er'].list[1] }} {{ people[0].name }}"],
    "if": ["{% if flag %}có{% else %}không{% endif %} {% if empty %}x{% elif number > 10 %}y{% else %}z{% endif %}"],
    "logic": ["{% if flag and not empty or none %}1{% endif %}{% if number in [1, 12] and name != 'x' %}2{% endif %}"],
    "tests": [
        "{% if none is none %}1{% endif %}{% if name is defined %}2{% endif %}{% if number is even %}3{% endif %}"
    ],
    "inline for": ["{% for p in people %}{{ loop.index }}.{{ p.name }}{% if not loop.last %}; {% endif %}{% endfor %}"],
    "for else": ["{% for p in nothing %}x{% else %}không ai{% endfor %}"],
    "nested loops": [
        "{%p for p in people %}",
        "{{ loop.index0 }} {{ p.name }} {% for m in p.marks %}{{ loop.index }}/{{ loop.length }}={{ m }} {% endfor %}"
        "{{ loop.revindex }}{{ loop.first }}",
        "{%p endfor %}",
        "hết",
    ],
    "paragraph if": [
        "{%p if flag %}",
        "hiện",
        "{%p else %}",
        "ẩn",
        "{%p endif %}",
        "{%p if empty %}",
        "n",
        "{%p endif %}",
    ],
    "conditional expression": ["{{ 'Có' if flag else 'Không' }} {{ name if number == 12 else empty }}"],
    "no else": ["[{{ name if flag }}] [{{ name if empty }}]"],
    "constants": ["{{ 'a > b' }} {{ 7 }} {{ none is none }}"],
    "plain filters": [
        "{{ name|upper }} {{ empty|default('trống', true) }} {{ people|length }} {{ name|e }} {{ half|round }}"
    ],
    "breaks": ["trước {{ lines }} sau"],
    "hostile value": ["{{ html }}"],
    "braces": ["{_{ giữ nguyên }_} {_% và %_} {{ name }}"],
    "comment": ["a{# bỏ {{ x }} #}b", "{#p cả đoạn #}", "{{ name }}"],
    "choice": [
        "{% if people[0].level == 'tot' %}T{% endif %}-{% if people[0].level != 'kem' %}K{% else %}k{% endif %}"
    ],
    "raw": ["{% raw %}{{ x }}{% endraw %}{{ name }}"],
    "trimming": ["Kết quả {%- if flag %} tốt {%- endif %} rồi", "{% if flag -%}", "nối", "{%- endif %}"],
}
BY_JINJA: dict[str, list[str]] = {
    "set": ["{% set x = number * 2 %}{{ x }}"],
    "macro": ["{% macro m(a) %}[{{ a }}]{% endmacro %}{{ m(name) }}{{ m(1) }}"],
    "arithmetic": ["{{ number + 1 }} {{ number * 2 - 1 }} {{ 'a' ~ name }}"],
    "join and sort": ["{{ deep.er.list|join(', ') }} {{ people|map(attribute='name')|join('/') }}"],
    "items": ["{% for k, v in deep.er.items() %}{{ k }}={{ v }};{% endfor %}"],
    "filtered loop": ["{% for p in people if p.ok %}{{ p.name }},{% endfor %}"],
    "range": ["{% for i in range(3) %}{{ i }}{% endfor %}"],
    "with": ["{% with a = name %}{{ a }}{% endwith %}"],
    "loop.cycle": ["{% for p in people %}{{ loop.cycle('a', 'b') }}{% endfor %}"],
    "namespace": ["{% set n = namespace(t=0) %}{% for p in people %}{% set n.t = n.t + 1 %}{% endfor %}{{ n.t }}"],
}
TABLES: dict[str, list[list[str]]] = {
    "rows": [
        ["STT", "Tên"],
        ["{%tr for p in people %}", ""],
        ["{{ loop.index }}", "{{ p.name }}"],
        ["{%tr endfor %}", ""],
    ],
    "row if": [["{%tr if flag %}", ""], ["có", "{{ name }}"], ["{%tr endif %}", ""], ["cuối", "{{ number }}"]],
    "row comment": [["{#tr bỏ hàng #}", ""], ["a", "{{ name }}"]],
    "cells": [["{%tc for c in columns %}", "{{ c }}", "{%tc endfor %}"], ["x", "y", "z"]],
    "colspan": [["{% colspan count %}{{ name }}", "b"], ["c", "d"]],
    "background": [["{% cellbg colour %}{{ name }}", "b"]],
    "vertical merge": [
        ["{%tr for p in people %}", ""],
        ["{% vm %}Chung {{ number }}", "{{ p.name }}"],
        ["{%tr endfor %}", ""],
    ],
    "horizontal merge": [["{%tc for c in columns %}", "{% hm %}{{ name }}", "{%tc endfor %}"], ["x", "y", "z"]],
}


def same_as_docxtpl(source: bytes, context: dict[str, Any] = CONTEXT) -> CompiledTemplate:
    """Both engines give one text; the plan and Jinja too."""
    compiled = compile_template(source)
    made = compiled.render(context)
    assert text(made) == text(by_docxtpl(source, context))
    Document(io.BytesIO(made))
    jinja = compiled.render_parts(context, jinja=True)
    assert {n: _canonical(c) for n, c in compiled.render_parts(context).items()} == {
        n: _canonical(c) for n, c in jinja.items()
    }
    return compiled


def _canonical(content: bytes) -> bytes:
    from lxml import etree

    return bytes(etree.tostring(etree.fromstring(content), method="c14n"))


@pytest.mark.parametrize("name", FAST)
def test_plan_gives_docxtpl_text(name: str) -> None:
    assert same_as_docxtpl(template(*FAST[name])).fast


@pytest.mark.parametrize("name", BY_JINJA)
def test_jinja_gives_docxtpl_text(name: str) -> None:
    compiled = same_as_docxtpl(template(*BY_JINJA[name]))
    assert list(compiled.slow_because) == ["word/document.xml"]


@pytest.mark.parametrize("name", TABLES)
def test_tables_give_docxtpl_text(name: str) -> None:
    source = template("{{ name }}", rows=TABLES[name])
    compiled = same_as_docxtpl(source)
    assert compiled.fast is (name not in ("cells", "colspan", "horizontal merge"))
    grids = [
        [len(table.findall(f".//{qn('w:gridCol')}")) for table in part(made).iter(qn("w:tbl"))]
        for made in (compiled.render(CONTEXT), by_docxtpl(source, CONTEXT))
    ]
    assert grids[0] == grids[1]


def test_tags_split_over_runs() -> None:
    document = Document()
    paragraph = document.add_paragraph("Tên: {")
    for piece, bold in (
        ("{ na", True),
        ("me }", False),
        ("} và {% i", True),
        ("f flag %}có{% en", False),
        ("dif %}", True),
    ):
        paragraph.add_run(piece).bold = bold
    assert same_as_docxtpl(saved(document)).fast


def test_smart_quotes_in_tags_are_straightened() -> None:
    same_as_docxtpl(template("{% if deep[“er”] %}{{ deep[‘er’].leaf }}{% endif %} “giữ”"))


def test_run_tags() -> None:
    document = Document()
    paragraph = document.add_paragraph("a ")
    for piece in ("{%r if flag %}", "b", "{%r endif %}", " {{r rich }} cuối"):
        paragraph.add_run(piece)
    same_as_docxtpl(saved(document), {**CONTEXT, "rich": RichText("đậm & <nghiêng>", bold=True)})


def test_rich_text_and_listings() -> None:
    source = template("{{r rich }}", "{{ listing }} {{ name }}", "{{p whole }}")
    rich = RichText("A & B", color="FF0000")
    rich.add("\ndòng", italic=True)
    context = {**CONTEXT, "rich": rich, "listing": Listing("x & y\nz\aw"), "whole": RichText("p")}
    source = template("{{r rich }}", "{{ listing }} {{ name }}")
    same_as_docxtpl(source, context)


def test_formatting_of_new_paragraphs_is_kept() -> None:
    document = Document()
    paragraph = document.add_paragraph(style="List Bullet")
    paragraph.add_run("{{ lines }}").bold = True
    source = saved(document)
    same_as_docxtpl(source)
    made = part(compile_template(source).render(CONTEXT))
    assert len(made.findall(f".//{qn('w:pStyle')}")) == 3
    assert len(made.findall(f".//{qn('w:rPr')}/{qn('w:b')}")) >= len(made.findall(f".//{qn('w:t')}")) - 1


def test_headers_footers_and_properties() -> None:
    document = Document()
    document.add_paragraph("{{ name }}")
    section = document.sections[0]
    section.header.paragraphs[0].text = "Đầu {{ name }} {% if flag %}x{% endif %}"
    section.footer.paragraphs[0].text = "Chân {{ number }}"
    document.core_properties.title = "Phiếu {{ number }} A & B"
    document.core_properties.keywords = "{{ giữ nguyên }}"
    source = saved(document)
    assert same_as_docxtpl(source).fast
    made = Document(io.BytesIO(compile_template(source).render(CONTEXT)))
    assert made.core_properties.title == "Phiếu 12 A & B"
    assert made.core_properties.keywords == "{{ giữ nguyên }}"


def test_footnotes() -> None:
    notes = (
        '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
        '<w:footnotes xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main">'
        '<w:footnote w:id="2"><w:p><w:r><w:t>Chú {{ name }}</w:t></w:r></w:p></w:footnote></w:footnotes>'
    )
    plain = with_body("<w:p><w:r><w:t>{{ number }}</w:t></w:r></w:p>")
    with zipfile.ZipFile(io.BytesIO(plain)) as archive:
        types = archive.read("[Content_Types].xml").decode()
        rels = archive.read("word/_rels/document.xml.rels").decode()
    kind = "application/vnd.openxmlformats-officedocument.wordprocessingml.footnotes+xml"
    types = types.replace("</Types>", f'<Override PartName="/word/footnotes.xml" ContentType="{kind}"/></Types>')
    relation = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/footnotes"
    rels = rels.replace(
        "</Relationships>", f'<Relationship Id="rId99" Type="{relation}" Target="footnotes.xml"/></Relationships>'
    )
    source = with_body(
        "<w:p><w:r><w:t>{{ number }}</w:t></w:r></w:p>",
        {
            "[Content_Types].xml": types.encode(),
            "word/_rels/document.xml.rels": rels.encode(),
            "word/footnotes.xml": notes.encode(),
        },
    )
    assert same_as_docxtpl(source).fast
    assert "Chú Nguyễn" in "".join(text(compile_template(source).render(CONTEXT))["word/footnotes.xml"])


def test_own_filters() -> None:
    source = template("{{ name|twice }} {{ number|plus(3) }}")
    filters = {"twice": lambda v: v * 2, "plus": lambda v, by: v + by}
    made = text(compile_template(source, filters).render({"name": "ab", "number": 1}))
    assert made["word/document.xml"][1] == "abab 4"


def test_values_stand_literally() -> None:
    value = "A & B < C > D \"e\" 'f' {{ 7*7 }} {% for %} {# # } <w:p> {_{ x }_} ]]> &amp;"
    made = text(compile_template(template("{{ v }}")).render({"v": value}))
    assert made["word/document.xml"][1] == value


@settings(max_examples=60, deadline=None)
@given(
    st.text(
        st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\ufffe\uffff")
        | st.sampled_from("\n\t{}%<>&\"'_#")
    )
)
def test_any_text_value_is_as_in_docxtpl(value: str) -> None:
    if any(braces in value for braces in ("{_{", "}_}", "{_%", "%_}")):
        return  # docxtpl unescapes these in values too; here a value stands as typed
    source = template("trước {{ v }} sau", "{% for x in xs %}{{ x }}{% endfor %}")
    context = {"v": value, "xs": [value, value]}
    compiled = compile_template(source)
    made = compiled.render(context)
    assert text(made) == text(by_docxtpl(source, context))
    assert {n: _canonical(c) for n, c in compiled.render_parts(context).items()} == {
        n: _canonical(c) for n, c in compiled.render_parts(context, jinja=True).items()
    }


@pytest.mark.parametrize("character", ["\x00", "\x01", "\x0b", "\x1f", "\ud800", "\ufffe", "\uffff"])
@pytest.mark.parametrize("source", [template("{{ v }}"), template("{{ v ~ '' }}")])
def test_characters_no_file_can_hold_are_refused(source: bytes, character: str) -> None:
    with pytest.raises(InputError) as caught:
        compile_template(source).render({"v": f"a{character}b"})
    assert caught.value.code == "errors.template.character"
    assert caught.value.facts["character"] == f"U+{ord(character):04X}"


@pytest.mark.parametrize(
    ("tag", "missing", "nearest"),
    [
        ("{{ member.ful_name }}", "member.ful_name", "member.full_name"),
        ("{{ membr.full_name }}", "membr.full_name", "member.full_name"),
        ("{% if member.ful_name == 'x' %}a{% endif %}", "member.ful_name", "member.full_name"),
        ("{% for r in row %}a{% endfor %}", "row", "rows"),
        ("{% for r in rows %}{{ r.lef }}{% endfor %}", "r.lef", "rows[].leaf"),
        ("{% set x = 1 %}{{ member.ful_name }}", "ful_name", "member.full_name"),
        ("{{ member.ful_name|upper }}", "member.ful_name", "member.full_name"),
    ],
)
def test_a_missing_value_is_an_error_with_its_place(tag: str, missing: str, nearest: str) -> None:
    compiled = compile_template(template("{{ member.full_name }}", rows=[["a", "b"], ["c", tag]]))
    with pytest.raises(DocgenError) as caught:
        compiled.render({"member": {"full_name": "x"}, "rows": [{"leaf": 1}]})
    facts = caught.value.facts
    assert caught.value.code == "errors.template.unknown_tag"
    assert (facts["missing"], facts["nearest"], facts["part"]) == (missing, nearest, "word/document.xml")
    assert (facts["place"].table, facts["place"].row, facts["place"].cell) == (1, 2, 2)
    assert facts["tag"] in tag


@pytest.mark.parametrize(
    "tag",
    [
        "{{ v.__class__ }}",
        "{{ v['__class__'] }}",
        "{{ ''.__class__.__mro__ }}",
        "{{ cycler.__init__.__globals__ }}",
        "{{ v|attr('__class__') }}",
        "{% if v.__class__ %}x{% endif %}",
    ],
)
def test_the_sandbox_refuses(tag: str) -> None:
    with pytest.raises(DocgenError) as caught:
        compile_template(template(tag)).render({"v": "x"})
    assert caught.value.code == "errors.template.unsafe"


@pytest.mark.parametrize(
    "tag", ["{% if x %}", "{{ x", "{% endfor %}", "{{ x y }}", "{% for %}{% endfor %}", "{{ x|nofilter }}"]
)
def test_syntax_errors_tell_the_place(tag: str) -> None:
    with pytest.raises(DocgenError) as caught:
        compile_template(template("đoạn một", f"{tag} đoạn hai")).render({"x": 1})
    assert caught.value.code == "errors.template.syntax"


def test_a_run_cannot_break_out_of_its_paragraph() -> None:
    """`{{ a }}` whose value would close the wrong element is refused, by the plan and by Jinja."""
    control = (
        '<w:p><w:sdt><w:sdtPr><w:id w:val="5"/></w:sdtPr><w:sdtContent><w:r><w:t>{{ v }}</w:t></w:r></w:sdtContent>'
        "</w:sdt></w:p>"
    )
    compiled = compile_template(with_body(control))
    assert compiled.fast
    with pytest.raises(DocgenError):
        compiled.render({"v": "a\ab"})
    with pytest.raises(DocgenError):
        compiled.render_parts({"v": "a\ab"}, jinja=True)


def test_markup_that_is_not_well_formed_is_not_written() -> None:
    class Broken:
        def __html__(self) -> str:
            return "<w:r>"

    with pytest.raises(DocgenError) as caught:
        compile_template(template("{{r v }}")).render({"v": Broken()})
    assert caught.value.code == "errors.template.malformed"


def test_a_branch_over_paragraphs_is_proved() -> None:
    compiled = same_as_docxtpl(template("{% if flag %}a", "b{% endif %}"), {"flag": True})
    assert compiled.fast
    assert text(compiled.render({"flag": False})) == text(
        by_docxtpl(template("{% if flag %}a", "b{% endif %}"), {"flag": 0})
    )


def test_branches_that_leave_other_elements_open_are_not_fast() -> None:
    source = template("{% if flag %}a", rows=[["b{% endif %}", "c"]])
    compiled = compile_template(source)
    assert not compiled.fast
    assert text(compiled.render({"flag": True})) == text(by_docxtpl(source, {"flag": True}))
    with pytest.raises(DocgenError) as caught:
        compiled.render({"flag": False})
    assert caught.value.code == "errors.template.malformed"


@pytest.mark.parametrize("content", [b"", b"no zip", b"PK\x05\x06" + bytes(18)])
def test_what_is_no_word_file(content: bytes) -> None:
    with pytest.raises(InputError) as caught:
        compile_template(content)
    assert caught.value.code == "errors.word.unreadable"


def test_equal_input_gives_equal_bytes_and_one_compiled_template() -> None:
    source = template("{{ name }}")
    assert compile_template(source) is compile_template(bytes(source))
    first = compile_template(source).render({"name": "x"})
    assert first == CompiledTemplate(read_package(source), {}).render({"name": "x"})
    with zipfile.ZipFile(io.BytesIO(first)) as archive:
        assert archive.namelist()[0] == "[Content_Types].xml"
        assert archive.namelist()[-1] == "word/document.xml"
        assert {info.date_time[0] for info in archive.infolist()} == {1980}


def test_pictures_in_loops_get_their_own_numbers() -> None:
    picture = (
        '<w:drawing><wp:inline xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing">'
        '<wp:docPr id="1" name="x"/></wp:inline></w:drawing>'
    )
    source = with_body(
        "<w:p><w:r><w:t>{%p for x in xs %}</w:t></w:r></w:p>"
        f"<w:p><w:r>{picture}</w:r></w:p><w:p><w:r><w:t>{{%p endfor %}}</w:t></w:r></w:p>"
    )
    made = part(compile_template(source).render({"xs": [1, 2, 3]}))
    assert len({node.get("id") for node in made.iter("{*}docPr")}) == 3


def test_track_changes_and_text_boxes_do_not_disturb_places() -> None:
    document = Document()
    document.add_paragraph("một")
    document.add_paragraph("{{ a }}")._p.append(OxmlElement("w:bookmarkStart"))
    compiled = compile_template(saved(document))
    assert [(tag.text, tag.place.paragraph) for tag in compiled.tags] == [("{{ a }}", 2)]


@pytest.mark.parametrize("seed", range(12))
def test_everything_mixed_and_cut_into_runs(seed: int) -> None:
    """Templates as people leave them: all kinds of tags in one file, cut anywhere by formatting."""
    chance = random.Random(seed)
    document = Document()
    snippets = [
        texts for name, texts in (FAST | BY_JINJA).items() if name != "trimming"
    ]  # docxtpl's reaches into tables

    def add(holder: Any, count: int) -> None:
        for line in (line for texts in chance.sample(snippets, count) for line in texts):
            paragraph = holder.add_paragraph()
            while line:
                cut = chance.choice([len(line), chance.randint(1, 12)])
                run = paragraph.add_run(line[:cut])
                run.bold, run.italic = chance.choice([None, True]), chance.choice([None, None, True])
                line = line[cut:]

    add(document, chance.randint(2, 6))
    for rows in chance.sample(list(TABLES.values()), chance.randint(0, 2)):
        table = document.add_table(len(rows), len(rows[0]))
        for row, texts in zip(table.rows, rows, strict=True):
            for cell, content in zip(row.cells, texts, strict=True):
                cell.text = content
        add(document, 1)
    add(document.sections[0].header, 1)
    add(document.sections[0].footer, 1)
    same_as_docxtpl(saved(document))


def test_objects_and_mappings_as_data() -> None:
    @dataclass
    class Member:
        full_name: str

    class Lazy(dict[str, str]):
        def __missing__(self, key: str) -> str:
            return f"<{key}>"

    source = template("{{ m.full_name }} {{ lazy.x }} {{ d[1] }} {{ t[0] }}{% for x in g %}{{ x }}{% endfor %}")
    context = {"m": Member("A & B"), "lazy": Lazy(), "d": {1: "một"}, "t": ("đầu",), "g": (1, 2)}
    assert same_as_docxtpl(source, context).fast


@pytest.mark.parametrize(
    "expression", ["{{ name if 'x'.n else name }}", "{{ 'x'.n.m }}", "{% if ('x').n.m %}a{% endif %}"]
)
def test_a_constant_that_cannot_be_worked_out_is_the_templates_fault(expression: str) -> None:
    with pytest.raises(InputError) as caught:
        compile_template(template(expression)).render({"name": "A"})
    assert caught.value.code.startswith("errors.template.")
