"""The words of each paper around the packet, from what is known of each (QĐ 366, HD 43, the layout of Party papers)."""

from __future__ import annotations

import pytest

from docgen.dossier.sample import sample_dossier
from docgen.dossier.sample_office import add_office
from docgen.forms.definition import STATUSES, load_form
from docgen.forms.fill import blank_form
from docgen.regulations.loader import list_regulations, load_regulation
from docgen.regulations.office import office
from docgen.word.after.written import paragraphs

REGULATION = "hd43-2025"
#: Of each paper: words that stand on it in this order; what a unit's own paper or a publisher's outline names as parts.
PARTS = {
    "giay-moi": ["GIẤY MỜI", "trân trọng kính mời", "Đến dự", "Thời gian", "Địa điểm", "Nội dung", "Nơi nhận:", "T/M"],
    "danh-sach-ky-nhan": ["DANH SÁCH KÝ NHẬN", "Họ và tên", "Ngày nhận", "Ký nhận"],
    "phieu-bieu-quyet": ["PHIẾU XẾP LOẠI CHẤT LƯỢNG", "Năm", "TẬP THỂ", "ĐẢNG VIÊN", "Hoàn thành xuất sắc nhiệm vụ",
                         "Hoàn thành tốt nhiệm vụ", "Hoàn thành nhiệm vụ", "Không hoàn thành nhiệm vụ"],
    "bien-ban-kiem-phieu": ["BIÊN BẢN KIỂM PHIẾU", "Hội nghị đã bầu Tổ kiểm phiếu gồm các đồng chí", "Tổ trưởng",
                            "Thành viên",
                            "KẾT QUẢ KIỂM PHIẾU", "Tổng số phiếu phát ra", "Tổng số phiếu thu về", "Số phiếu hợp lệ",
                            "Số phiếu không hợp lệ", "Họ và tên", "Ghi chú", "T/M TỔ KIỂM PHIẾU", "TỔ TRƯỞNG",
                            "CHỦ TRÌ HỘI NGHỊ"],
    "bien-ban-hop": ["BIÊN BẢN", "Cụ thể như sau", "Bắt đầu vào hồi", "Tổng số triệu tập", "số có mặt", "số vắng mặt",
                     "Chủ trì Hội nghị: Đồng chí", "Thư ký", "Mục đích, yêu cầu", "Kiểm điểm tập thể",
                     "Kiểm điểm từng cá nhân", "Ý kiến khác", "Kết luận", "KẾT QUẢ BỎ PHIẾU", "Hội nghị kết thúc vào",
                     "03 bản (01 bản báo cáo cấp ủy cấp trên, 01 bản lưu tại", "và 01 bản lưu hồ sơ công việc)",
                     "THƯ KÝ", "CHỦ TRÌ HỘI NGHỊ"],
    "tong-hop": ["TỔNG HỢP KẾT QUẢ ĐÁNH GIÁ VÀ ĐỀ XUẤT XẾP LOẠI", "Họ và tên", "Chức vụ", "Cá nhân tự đề xuất",
                 "đề xuất", "Cấp có thẩm quyền", "Đối tượng", "Tổng số", "Chưa xếp loại", "NGƯỜI LẬP", "T/M"],
    "bao-cao": ["BÁO CÁO", "Kính gửi", "Đối tượng", "Tổng số", "Chưa xếp loại", "Xem xét, quyết định xếp loại",
                "Điều chuyển, bố trí", "Nơi nhận:", "T/M"],
    "to-trinh": ["TỜ TRÌNH", "Kính trình", "Việc tổ chức kiểm điểm", "Kết quả", "Vấn đề cần xem xét", "Đề nghị",
                 "Hồ sơ kèm theo", "Nơi nhận:", "- Như trên,", "T/M"],
    "cong-van": ["về việc gửi hồ sơ kiểm điểm, đánh giá, xếp loại chất lượng năm", "Kính gửi", "Tên tài liệu",
                 "Nơi nhận:", "- Như trên,", "T/M"],
    "quyet-dinh": ["QUYẾT ĐỊNH", "Căn cứ Điều lệ Đảng", "QUYẾT ĐỊNH", "Điều 1.", "Công nhận kết quả", "Điều 2.",
                   "chịu trách nhiệm thi hành", "Điều 3.", "có hiệu lực", "Nơi nhận:", "T/M"],
    "thong-bao": ["THÔNG BÁO", "Căn cứ", "Mức xếp loại", "khiếu nại", "Nơi nhận:", "T/M"],
}  # fmt: skip
#: The symbol of each numbered paper (QĐ 399 and HD 05; GM is habit).
SYMBOLS = {"giay-moi": "GM", "bien-ban-kiem-phieu": "BB", "bien-ban-hop": "BB", "bao-cao": "BC", "to-trinh": "TTr",
           "cong-van": "CV", "quyet-dinh": "QĐ", "thong-bao": "TB"}  # fmt: skip


def page(form: str) -> list[str]:
    regulation = load_regulation(REGULATION)
    return paragraphs(blank_form(load_form(regulation, form)))


def test_every_paper_is_looked_at() -> None:
    assert set(PARTS) == {paper.form for paper in office().papers} == set(load_regulation(REGULATION).office)


@pytest.mark.parametrize("form", PARTS)
def test_the_parts_stand_on_the_paper_in_order(form: str) -> None:
    text, at = " \n ".join(page(form)), 0
    for part in PARTS[form]:
        at = text.find(part, at)
        assert at >= 0, part
        at += len(part)


@pytest.mark.parametrize("form", PARTS)
def test_the_heading_of_a_party_paper(form: str) -> None:
    text = page(form)
    assert "ĐẢNG CỘNG SẢN VIỆT NAM" in text
    assert any(line.startswith("ĐẢNG BỘ ") for line in text)
    numbered = [line for line in text if line.startswith("Số ") and "-" in line]
    assert ("*" in text) == bool(numbered) == (form in SYMBOLS)
    assert all(f"-{SYMBOLS[form]}/" in line and ":" not in line for line in numbered)


def test_a_letter_has_no_title_and_says_beneath_its_number_what_it_is_about() -> None:
    text = page("cong-van")
    number = next(i for i, line in enumerate(text) if "-CV/" in line)
    assert text[number + 1].startswith("về việc ")
    assert load_form(load_regulation(REGULATION), "cong-van").title == ()


@pytest.mark.parametrize("regulation", list_regulations())
def test_each_says_that_it_is_no_prescribed_form(regulation: str) -> None:
    loaded = load_regulation(regulation)
    assert "office" in STATUSES
    for form in loaded.office:
        definition = load_form(loaded, form)
        assert definition.status == "office"
        assert "Không văn bản nào quy định mẫu" in definition.basis[0]
        assert office().words["draft"] in paragraphs(blank_form(definition))


@pytest.mark.parametrize("form", PARTS)
def test_no_alternative_is_left_open(form: str) -> None:
    loaded = load_regulation(REGULATION)
    for text in load_form(loaded, form).fixed_texts():
        assert "(nếu có)" not in text
        assert "ĐẢNG ỦY (" not in text
        assert "CHI ỦY (" not in text


def test_a_regulation_with_a_paper_of_its_own_keeps_it() -> None:
    own = load_regulation("hd19-2024")
    assert {"phieu-bieu-quyet", "bien-ban-kiem-phieu", "tong-hop", "bao-cao"}.isdisjoint(own.office)
    assert own.form_file("bien-ban-kiem-phieu").parent.parent.name == "hd19-2024"
    assert "tong-hop" not in load_regulation("hd16-2018").office  # Mẫu 06
    assert "tong-hop" in load_regulation("khbvp-2021").office
    assert "phieu-bieu-quyet" not in load_regulation("khbvp-2021").office


@pytest.mark.parametrize("name", list_regulations())
def test_the_sample_is_of_its_own_year(name: str) -> None:
    """A term of the body holds the year of the dossier: a paper of 2018 cites no rules of 2025."""
    data = sample_dossier(name)
    add_office(load_regulation(name), data)
    first, last = map(int, data["basis"]["term"].split(" - "))
    assert first <= int(data["period"]["year"]) <= last
