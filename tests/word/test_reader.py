"""The reader and the alignment, on small documents made by hand."""

from __future__ import annotations

from lxml import etree
from work import lines_run

from docgen.word.read.align import align
from docgen.word.read.reader import Control, Paragraph, Table, WordText, clean, read_text
from docgen.word.read.units import Hole, Unit, fold, skeleton, units_of

NS = (
    'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" '
    'xmlns:w14="http://schemas.microsoft.com/office/word/2010/wordml"'
)


def p(*inner: str) -> str:
    return f"<w:p>{''.join(i if i.startswith('<') else r(i) for i in inner)}</w:p>"


def r(text: str) -> str:
    return f'<w:r><w:t xml:space="preserve">{text}</w:t></w:r>'


def sdt(tag: str, inner: str, kind: str = "<w:text/>", alias: str = "") -> str:
    return (
        f'<w:sdt><w:sdtPr><w:alias w:val="{alias}"/><w:tag w:val="{tag}"/>{kind}</w:sdtPr>'
        f"<w:sdtContent>{inner}</w:sdtContent></w:sdt>"
    )


def table(*rows: list[str]) -> str:
    return (
        "<w:tbl>"
        + "".join("<w:tr>" + "".join(f"<w:tc>{c}</w:tc>" for c in row) + "</w:tr>" for row in rows)
        + "</w:tbl>"
    )


def read(*blocks: str) -> WordText:
    return read_text(etree.fromstring(f"<w:document {NS}><w:body>{''.join(blocks)}</w:body></w:document>"))


def known(control: Control) -> Hole | None:
    return Hole(control.tag, control) if control.tag else None


def test_controls_at_every_level() -> None:
    inline = p("A: ", sdt("a", r("một")))
    block = sdt("b", p("hai") + p("ba"), kind="")
    cell = f"<w:tbl><w:tr>{sdt('c', '<w:tc>' + p('bốn') + '</w:tc>')}</w:tr></w:tbl>"
    row = f"<w:tbl>{sdt('d', '<w:tr><w:tc>' + p('năm') + '</w:tc></w:tr>')}</w:tbl>"
    found = {c.tag: c.paragraphs for c in read(inline, block, cell, row).controls}
    assert found == {"a": ["một"], "b": ["hai", "ba"], "c": ["bốn"], "d": ["năm"]}


def test_a_control_in_a_control_gives_both_their_text() -> None:
    text = read(p(sdt("outer", r("a ") + sdt("inner", r("b")) + r(" c"))))
    assert [(c.tag, c.text) for c in text.controls] == [("outer", "a b c"), ("inner", "b")]


def test_properties_of_controls() -> None:
    date = sdt("d", r("07/12/2018"), '<w:date w:fullDate="2018-12-07T00:00:00Z"/>')
    choice = sdt("g", r("Tốt"), '<w:dropDownList><w:listItem w:displayText="Tốt" w:value="T"/></w:dropDownList>')
    box = sdt("x", r("☒"), '<w14:checkbox><w14:checked w14:val="1"/></w14:checkbox>')
    off = sdt("y", r("☐"), '<w14:checkbox><w14:checked w14:val="false"/></w14:checkbox>')
    prompt = sdt("p", r("…"), "<w:showingPlcHdr/><w:text/>")
    found = {c.tag: c for c in read(p(date, choice, box, off, prompt)).controls}
    assert found["d"].full_date == "2018-12-07"
    assert found["g"].options == {"Tốt": "T"}
    assert (found["x"].checked, found["y"].checked) == (True, False)
    assert (found["p"].flagged, found["d"].flagged) == (True, False)


def test_places_are_counted_as_people_count() -> None:
    text = read(p("một"), table([p("a"), p("b")], [p("c"), p(sdt("x", r("d")))]), p("hai"))
    control = text.controls[0]
    assert (control.where.table, control.where.row, control.where.cell) == (1, 2, 2)
    last = text.blocks[-1]
    assert isinstance(last, Paragraph)
    assert last.where.paragraph == 2


def test_breaks_tabs_and_hyphens() -> None:
    text = read(
        "<w:p><w:r><w:t>a</w:t><w:br/><w:t>b</w:t><w:tab/><w:t>c</w:t><w:noBreakHyphen/><w:t>d</w:t></w:r></w:p>"
    )
    assert isinstance(text.blocks[0], Paragraph)
    assert text.blocks[0].text == "a b c-d"


def test_field_codes_are_not_text() -> None:
    field = '<w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText> PAGE </w:instrText></w:r>'
    assert read(p(field, "2")).blocks[0].text == "2"  # type: ignore[union-attr]


def test_deleted_rows_and_cells() -> None:
    gone = '<w:tr><w:trPr><w:del w:id="1" w:author="A"/></w:trPr><w:tc>' + p("x") + "</w:tc></w:tr>"
    cell = "<w:tr><w:tc>" + p("a") + '</w:tc><w:tc><w:tcPr><w:cellDel w:id="2"/></w:tcPr>' + p("b") + "</w:tc></w:tr>"
    text = read(f"<w:tbl>{gone}{cell}</w:tbl>")
    found = text.blocks[0]
    assert isinstance(found, Table)
    assert [len(row.cells) for row in found.rows] == [1]
    assert text.revisions == 2


def test_clean_and_fold() -> None:
    assert clean("Pho\u0301 \u00a0bí\tthư\n") == "Phó bí thư"
    assert fold("“A” – ‘b’") == "\"a\" - 'b'"
    odd = "İẞŉ—ﬁ"
    assert len(fold(odd)) == len(odd)


# -- alignment -------------------------------------------------------------------------------------------------------


def pair(expected: list[str], given: list[str], missing: set[str] | None = None) -> tuple[dict[str, list[str]], list[str], list[str], list[str]]:  # fmt: skip  # noqa: E501
    wanted = skeleton(read(*expected).blocks)
    tags = {h.tag for u in wanted for h in u.holes()} if missing is None else missing
    out = align(wanted, units_of(read(*given).blocks, known), tags)
    return (
        {f.tag: f.paragraphs for f in out.found}, [u.text for u, _ in out.changed], [u.text for u in out.missing],
        [u.text for u in out.added],
    )  # fmt: skip


def hole(tag: str) -> str:
    return sdt(tag, r("{{ " + tag + " }}"))


def test_values_between_the_wording() -> None:
    found = pair([p("Họ và tên: ", hole("n"), " Ngày sinh: ", hole("d"))], [p("Họ và tên: Lê A Ngày sinh: 1/2/1980")])
    assert found == ({"n": ["Lê A"], "d": ["1/2/1980"]}, [], [], [])


def test_a_value_that_repeats_the_wording_of_another_line() -> None:
    expected = [p("Chức vụ: ", hole("a")), p("Đơn vị: ", hole("b"))]
    found = pair(expected, [p("Chức vụ: Đơn vị: trưởng"), p("Đơn vị: P. Đào tạo")])
    assert found[0] == {"a": ["Đơn vị: trưởng"], "b": ["P. Đào tạo"]}


def test_a_narrative_takes_the_paragraphs_up_to_the_next_wording() -> None:
    expected = [
        p("I. Ưu điểm"),
        sdt("n", p("{%p for x in n %}") + p("{{ x }}") + p("{%p endfor %}"), ""),
        p("II. Hạn chế"),
    ]
    found = pair(expected, [p("I. Ưu điểm"), p("một"), p(""), p("hai"), p("II. Hạn chế")])
    assert found == ({"n": ["một", "hai"]}, [], [], [])


def test_conditional_wording_may_be_absent() -> None:
    expected = [p("A đầu"), p("{%p if x %}"), p("Phần riêng"), p("{%p endif %}"), p("B cuối")]
    wanted = skeleton(read(*expected).blocks)
    assert [(u.text, u.optional) for u in wanted] == [("A đầu", False), ("Phần riêng", True), ("B cuối", False)]


def test_rows_of_a_loop_by_their_columns() -> None:
    expected = [
        table(
            [p("TT"), p("Họ tên")], [p("{%tr for r in m %}")], [p("{{ loop.index }}"), p(hole("m[].n"))],
            [p("{%tr endfor %}")],
        ),
        p("Cuối bảng"),
    ]  # fmt: skip
    given = [table([p("TT"), p("Họ tên")], [p("1"), p("Lê A")], [p("2"), p("Trần B")]), p("Cuối bảng")]
    out = align(skeleton(read(*expected).blocks), units_of(read(*given).blocks, known), set())
    assert [(f.tag, f.paragraphs, f.where.row) for f in out.found] == [("m[].n", ["Lê A"], 2), ("m[].n", ["Trần B"], 3)]


def test_bare_tags_of_an_offices_template_are_holes() -> None:
    assert pair([p("Họ và tên: {{ n }}.")], [p("Họ và tên: Lê A.")])[0] == {"n": ["Lê A"]}


def test_a_huge_other_document_costs_little() -> None:
    """No expression over the whole, no square of its length: another document is given up quickly."""
    expected = [p(f"Mục số {n} của biểu mẫu: ", hole(f"v{n}")) for n in range(200)]
    wanted = skeleton(read(*expected).blocks)
    tags = {h.tag for u in wanted for h in u.holes()}
    words = [p(f"Đoạn {n} của văn bản khác, dài hơn một chút") for n in range(20_000)]
    work = []
    for given in (5_000, 20_000):
        theirs = units_of(read(*words[:given]).blocks, known)
        assert align(wanted, theirs, tags).matched == 0
        work.append(lines_run(align, wanted, theirs, tags)[0])
    assert work[1] < 4.5 * work[0]


def test_many_equal_lines_cost_little() -> None:
    work = []
    for count in (50, 200):
        wanted = skeleton(read(*[p("Cùng một dòng") for _ in range(count)]).blocks)
        theirs = units_of(read(*[p("Cùng một dòng") for _ in range(count + 90)]).blocks, known)
        assert align(wanted, theirs, set()).matched == count
        work.append(lines_run(align, wanted, theirs, set())[0])
    assert work[1] < 9 * work[0]  # each with each of the other text, which bounds give up at 300


def test_edited_wording_everywhere_costs_little() -> None:
    work = []
    for count in (60, 240):
        ours = [p(f"Mục {n}: kết quả thực hiện nhiệm vụ số {n} được giao ", hole(f"v{n}")) for n in range(count)]
        wanted = skeleton(read(*ours).blocks)
        edited = [p(f"Mục {n}: kết quả làm nhiệm vụ số {n} đã giao x") for n in range(count)]
        theirs = units_of(read(*edited).blocks, known)
        tags = {f"v{n}" for n in range(count)}
        work.append(lines_run(align, wanted, theirs, tags)[0])
    assert work[1] < 17 * work[0]  # each line is compared with each


def test_units_know_their_wording() -> None:
    unit = units_of(read(p("Họ tên: ", sdt("n", r("Lê A")))).blocks, known)[0]
    assert isinstance(unit, Unit)
    assert (unit.key, unit.text, unit.plain) == ("họ tên:", "Họ tên:", "Họ tên: Lê A")
