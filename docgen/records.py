"""The records of a dossier, as types. Built by `docgen build` from the catalogues of bindings: not to be edited.

They say what stands in `Dossier.data`: each value of the kind its place has, or missing (`docgen.dossier.shape.sound`).
A code is a text, known or not, and a count a number: what they may be is for the validator. What a unit's own folder
adds is not here; ask for it by its path (`docgen.paths.get`).
"""

from __future__ import annotations

from typing import TypeAlias, TypedDict

from docgen.paths import Json

#: What somebody states: the name of a fact and its value, of whatever kind; None where it is known to be unknown.
Facts: TypeAlias = dict[str, Json]


class Paper(TypedDict, total=False):
    """What stands at `papers`."""

    form: str  # Mẫu (mã)
    member: str  # Mã đảng viên (trống: giấy của tập thể, tổ chức)
    assessor: str  # Chủ thể đánh giá (mã)
    given: str  # Ngày phát
    returned: str  # Ngày về
    sha256: str  # SHA-256 của tệp đã về


class Meeting(TypedDict, total=False):
    """What stands at `meeting`."""

    draft_sent: str  # Ngày gửi dự thảo báo cáo
    held: str  # Ngày họp kiểm điểm
    days: int | float  # Số ngày họp
    suggested: bool  # Được cấp trên gợi ý kiểm điểm
    submitted: str  # Ngày gửi hồ sơ
    start: str  # Giờ bắt đầu họp
    end: str  # Giờ kết thúc họp
    place: str  # Địa điểm họp
    chair: str  # Người chủ trì hội nghị
    secretary: str  # Thư ký hội nghị
    summoned: int  # Số đảng viên được triệu tập
    present: int  # Số đảng viên có mặt
    absent: list[str]  # Người vắng mặt, lý do
    attendants: str  # Người ghi chép, báo cáo, phục vụ


class Ballots(TypedDict, total=False):
    """What stands at `ballots`."""

    issued: int  # Số phiếu phát ra
    collected: int  # Số phiếu thu về
    invalid: int  # Số phiếu không hợp lệ
    official_members: int  # Số đảng viên chính thức
    invalid_reason: str  # Lý do phiếu không hợp lệ
    valid: int  # Số phiếu hợp lệ


class Period(TypedDict, total=False):
    """What stands at `period`."""

    year: int  # Năm đánh giá


class Document(TypedDict, total=False):
    """What stands at `document`."""

    place: str  # Địa danh
    date: str  # Ngày ghi trên văn bản


class Organization(TypedDict, total=False):
    """What stands at `organization`."""

    name: str  # Tên chi bộ (không ghi chữ Chi bộ)
    parent: str  # Đảng bộ cấp trên (không ghi chữ Đảng bộ)
    kind: str  # Loại tổ chức đảng
    unit: str  # Cơ quan, đơn vị
    block: str  # Khối cơ quan, đơn vị


class CollectiveReview(TypedDict, total=False):
    """What stands at `collective.review`."""

    implementation: list[str]  # Quán triệt, tổ chức thực hiện chủ trương, nghị quyết
    leadership: list[str]  # Lãnh đạo, chỉ đạo; kết quả chỉ tiêu, nhiệm vụ
    centralism: list[str]  # Nguyên tắc tập trung dân chủ, quy chế làm việc
    degradation: list[str]  # Ngăn chặn suy thoái, phòng chống tham nhũng, lãng phí
    inspection: list[str]  # Kiểm tra, giám sát, kỷ luật, thi đua khen thưởng
    shortcomings: list[str]  # Hạn chế, khuyết điểm
    causes: list[str]  # Nguyên nhân
    remedied: list[str]  # Kết quả khắc phục hạn chế kỳ trước
    explanation: list[str]  # Giải trình vấn đề được gợi ý
    responsibility: list[str]  # Trách nhiệm của tập thể, cá nhân
    direction: list[str]  # Phương hướng, biện pháp khắc phục
    party_building: list[str]  # Xây dựng, chỉnh đốn Đảng và hệ thống chính trị
    anticorruption: list[str]  # Lãnh đạo phòng, chống tham nhũng, lãng phí, tiêu cực
    digital: list[str]  # Ứng dụng công nghệ thông tin của cấp ủy, tổ chức đảng


class CollectiveLevel(TypedDict, total=False):
    """What stands at `collective.level`."""

    results: str  # Tự đánh giá cấp độ: kết quả mục tiêu, chỉ tiêu, nhiệm vụ
    centralism: str  # Tự đánh giá cấp độ: nguyên tắc tổ chức, quy chế, đoàn kết
    degradation: str  # Tự đánh giá cấp độ: ngăn chặn suy thoái
    inspection: str  # Tự đánh giá cấp độ: kiểm tra, giám sát, thi đua
    remedied: str  # Tự đánh giá cấp độ: khắc phục hạn chế


class AssessmentScore(TypedDict, total=False):
    """What stands at `collective.assessments.scores`."""

    standard_points: int | float  # Điểm tối đa (điểm chuẩn)
    points: int | float  # Điểm đạt
    plan: int | float  # Kế hoạch
    actual: int | float  # Thực hiện
    declared_level: str  # Mức
    verified_points: int | float  # Điểm thẩm định
    note: str  # Ghi chú


class Assessment(TypedDict, total=False):
    """What stands at `collective.assessments`."""

    levels: dict[str, str]  # Cấp độ thực hiện từng tiêu chí
    assessor: str  # Chủ thể tham gia đánh giá
    signer: str  # Người ký phiếu
    comment: list[str]  # Nhận xét chung
    proposed_grade: str  # Đề nghị xếp loại mức chất lượng
    scores: dict[str, AssessmentScore]
    score_total: int | float  # Tổng điểm
    verified_total: int | float  # Tổng điểm thẩm định


class Collective(TypedDict, total=False):
    """What stands at `collective`."""

    name: str  # Tập thể kiểm điểm
    kind: str  # Loại hình tập thể
    proposed_grade: str  # Mức đề nghị của tập thể
    review: CollectiveReview
    level: CollectiveLevel
    score_total: int | float  # Tổng điểm tự chấm
    score_common: int | float  # Điểm nhóm tiêu chí chung (trên 30)
    score_tasks: int | float  # Điểm nhóm tiêu chí kết quả (trên 70)
    assessments: dict[str, Assessment]  # Phiếu đánh giá, theo mã chủ thể
    facts: Facts  # Căn cứ xếp loại


class Superior(TypedDict, total=False):
    """What stands at `superior`."""

    comment: list[str]  # Nhận xét chung của cấp có thẩm quyền
    grade: str  # Mức do cấp có thẩm quyền xếp
    quota_pct: int | float  # Tỷ lệ HTXSNV do cấp có thẩm quyền quyết định (%), nếu khác 20
    decided_by: str  # Người, cấp quyết định mức của tập thể
    decided_on: str  # Ngày quyết định mức của tập thể


class PartyOrganization(TypedDict, total=False):
    """What stands at `party_organization`."""

    name: str  # Tổ chức đảng được đánh giá
    score_sheet: str  # Biểu điểm áp dụng
    type: str  # Loại hình tổ chức cơ sở đảng
    facts: Facts  # Căn cứ xếp loại
    assessments: dict[str, Assessment]  # Phiếu đánh giá, theo mã chủ thể


class Signers(TypedDict, total=False):
    """What stands at `signers`."""

    collective: str  # Người ký thay mặt tập thể
    superior: str  # Người ký thay mặt cấp có thẩm quyền
    manager: str  # Thủ trưởng cơ quan, đơn vị
    cell: str  # Người ký thay mặt chi ủy (chi bộ)
    committee: str  # Người ký thay mặt đảng ủy
    office: str  # Người ký giấy tờ văn phòng
    counter: str  # Người ký thay mặt tổ kiểm phiếu
    issuer: str  # Người ký quyết định
    collective_body: str  # Đóng dấu cho tập thể: tên cơ quan, tổ chức trên chứng thư
    superior_body: str  # Đóng dấu cho cấp có thẩm quyền: tên trên chứng thư
    manager_body: str  # Đóng dấu của cơ quan, đơn vị: tên trên chứng thư
    committee_body: str  # Đóng dấu của đảng ủy: tên trên chứng thư
    scan_body: str  # Xác thực bản số hóa: tên cơ quan, tổ chức trên chứng thư


class BodyVote(TypedDict, total=False):
    """What stands at `bodies.vote`."""

    grade: str  # Mức đánh dấu trên phiếu


class Body(TypedDict, total=False):
    """What stands at `bodies`."""

    name: str  # Tổ chức đảng
    vote: BodyVote
    type: str  # Loại hình tổ chức đảng
    score_total: int | float  # Tổng điểm
    self_grade: str  # Mức tự xếp loại
    grade: str  # Mức xếp loại
    note: str  # Ghi chú


class Invitation(TypedDict, total=False):
    """What stands at `invitation`."""

    number: str  # Số giấy mời
    date: str  # Ngày ghi trên giấy mời
    guest: str  # Người được mời
    agenda: list[str]  # Nội dung họp


class Handout(TypedDict, total=False):
    """What stands at `handout`."""

    date: str  # Ngày lập danh sách ký nhận
    what: str  # Giấy tờ được phát
    clerk: str  # Người lập danh sách


class Minutes(TypedDict, total=False):
    """What stands at `minutes`."""

    number: str  # Số biên bản họp
    purpose: list[str]  # Mục đích, yêu cầu
    collective: list[str]  # Diễn biến kiểm điểm tập thể
    opinions: list[str]  # Ý kiến khác tại hội nghị
    conclusion: list[str]  # Kết luận của chủ trì
    agreed: int | float  # Tỷ lệ nhất trí với biên bản (%)


class Counting(TypedDict, total=False):
    """What stands at `counting`."""

    number: str  # Số biên bản kiểm phiếu
    head: str  # Tổ trưởng tổ kiểm phiếu
    team: str  # Thành viên tổ kiểm phiếu


class Summary(TypedDict, total=False):
    """What stands at `summary`."""

    number: str  # Số báo cáo
    date: str  # Ngày ghi trên báo cáo, bảng tổng hợp
    clerk: str  # Người lập bảng tổng hợp
    course: list[str]  # Việc tổ chức kiểm điểm
    requests: list[str]  # Đề xuất xem xét, quyết định xếp loại
    transfers: list[str]  # Đề xuất điều chuyển, bố trí
    others: list[str]  # Đề xuất khác


class Submission(TypedDict, total=False):
    """What stands at `submission`."""

    number: str  # Số tờ trình
    date: str  # Ngày ghi trên tờ trình
    to: str  # Cấp có thẩm quyền nhận hồ sơ
    issues: list[str]  # Vấn đề cần xem xét


class Letter(TypedDict, total=False):
    """What stands at `letter`."""

    number: str  # Số công văn
    date: str  # Ngày ghi trên công văn


class Decision(TypedDict, total=False):
    """What stands at `decision`."""

    number: str  # Số quyết định xếp loại
    date: str  # Ngày ghi trên quyết định xếp loại
    proposal: str  # Tờ trình, báo cáo mà quyết định xét
    duty: str  # Nơi chịu trách nhiệm thi hành


class Notice(TypedDict, total=False):
    """What stands at `notice`."""

    number: str  # Số thông báo
    date: str  # Ngày ghi trên thông báo
    ground: str  # Quyết định, kết luận làm căn cứ thông báo (loại, số, ngày, nơi ban hành)
    complaint_to: str  # Nơi nhận ý kiến, khiếu nại
    complaint_by: str  # Hạn gửi ý kiến, khiếu nại


class Basis(TypedDict, total=False):
    """What stands at `basis`."""

    term: str  # Nhiệm kỳ của quy chế làm việc
    local: list[str]  # Kế hoạch, hướng dẫn của cấp trên mà đơn vị theo


class OrganizationRegrade(TypedDict, total=False):
    """What stands at `organization_regrade`."""

    issuer: str  # Cấp ủy cấp trên trực tiếp
    number: str  # Số quyết định
    discipline_number: str  # Số quyết định thi hành kỷ luật
    discipline_date: str  # Ngày quyết định thi hành kỷ luật
    discipline_issuer: str  # Cấp ra quyết định thi hành kỷ luật
    discipline_form: str  # Hình thức kỷ luật
    violation_time: str  # Thời điểm xảy ra khuyết điểm, vi phạm
    year: int  # Năm được xếp loại lại
    old_grade: str  # Kết quả xếp loại cũ
    new_grade: str  # Kết quả xếp loại mới
    revoked_awards: list[str]  # Nội dung khen thưởng bị hủy bỏ
    effective: str  # Ngày có hiệu lực
    reason: list[str]  # Khuyết điểm, điều kiện không bảo đảm đã phát hiện


class Report(TypedDict, total=False):
    """What stands at `report`."""

    number: str  # Số báo cáo
    situation: list[str]  # Đặc điểm, tình hình
    directing: list[str]  # Công tác chỉ đạo, triển khai
    reviewing: list[str]  # Kết quả thực hiện kiểm điểm
    suggested: list[str]  # Kiểm điểm theo gợi ý của cấp trên
    grading: list[str]  # Kết quả đánh giá, xếp loại
    unions: list[str]  # Đánh giá, xếp loại của đoàn thể
    measures: list[str]  # Giải pháp khắc phục sau kiểm điểm
    problems: list[str]  # Vướng mắc, kiến nghị


class UnitTask(TypedDict, total=False):
    """What stands at `unit_tasks`."""

    name: str  # Nhiệm vụ
    product: str  # Sản phẩm
    due: str  # Thời hạn
    done: str  # Hoàn thành
    quality: bool  # Bảo đảm chất lượng, hiệu quả
    exceeded: bool  # Vượt mức yêu cầu


class Archive(TypedDict, total=False):
    """What stands at `archive`."""

    file_code: str  # Số, ký hiệu hồ sơ lưu trữ
    term: str  # Thời hạn lưu trữ của hồ sơ (dài nhất trong các tài liệu)


class Enclosure(TypedDict, total=False):
    """What stands at `enclosures`."""

    paper: str  # Loại giấy tờ theo QĐ 366 Đ.17
    term: str  # Thời hạn lưu trữ
    name: str  # Tên tài liệu
    pages: int  # Số tờ
    note: str  # Ghi chú


class Everyone(TypedDict, total=False):
    """What stands at `everyone`."""

    facts: Facts  # Căn cứ xếp loại


class MemberVote(TypedDict, total=False):
    """What stands at `members.vote`."""

    grade: str  # Mức đánh dấu trên phiếu


class PersonPosition(TypedDict, total=False):
    """What stands at `members.member.position`."""

    party: str  # Chức vụ Đảng
    government: str  # Chức vụ chính quyền, chuyên môn
    union: str  # Chức vụ đoàn thể


class Person(TypedDict, total=False):
    """What stands at `members.member`."""

    civil_servant: bool  # Là công chức, viên chức
    official: bool  # Đảng viên chính thức
    admission_date: str  # Ngày kết nạp Đảng
    head: bool  # Là người đứng đầu tập thể
    leader: bool  # Là cán bộ lãnh đạo, quản lý
    full_name: str  # Họ và tên
    birth_date: str  # Ngày sinh
    workplace: str  # Đơn vị công tác
    position: PersonPosition
    kind: str  # Diện đảng viên


class MemberStudent(TypedDict, total=False):
    """What stands at `members.student`."""

    system: str  # Hệ đào tạo
    gpa_scale: str  # Thang điểm học tập
    gpa: int | float  # Điểm trung bình học tập
    training_score: int | float  # Điểm rèn luyện
    course_debt_pct: int | float  # Tỷ lệ nợ môn (%)
    tuition_debt: bool  # Còn nợ học phí
    transferred_in: bool  # Chuyển sinh hoạt đảng về từ 9/2018
    sending_comment: bool  # Đã có nhận xét của nơi chuyển đi


class MemberReviewLevel(TypedDict, total=False):
    """What stands at `members.review.level`."""

    conduct: str  # Tự đánh giá cấp độ: phẩm chất, kỷ luật, tác phong
    duties: str  # Tự đánh giá cấp độ: nhiệm vụ, quyền hạn
    commitment: str  # Tự đánh giá cấp độ: cam kết tu dưỡng, rèn luyện
    leadership: str  # Tự đánh giá cấp độ: lãnh đạo, quản lý, điều hành
    initiative: str  # Tự đánh giá cấp độ: trách nhiệm, đổi mới, sáng tạo
    integrity: str  # Tự đánh giá cấp độ: nêu gương, chống tham nhũng
    remedied: str  # Tự đánh giá cấp độ: khắc phục hạn chế


class MemberReview(TypedDict, total=False):
    """What stands at `members.review`."""

    ideology: list[str]  # Về tư tưởng chính trị
    ethics: list[str]  # Về phẩm chất đạo đức, lối sống
    discipline: list[str]  # Về ý thức tổ chức kỷ luật
    style: list[str]  # Về tác phong, lề lối làm việc
    degradation: list[str]  # Đấu tranh phòng, chống biểu hiện suy thoái
    duties: list[str]  # Thực hiện chức trách, quyền hạn
    results: list[str]  # Kết quả thực hiện chỉ tiêu, nhiệm vụ
    responsibility: list[str]  # Trách nhiệm cá nhân ở lĩnh vực phụ trách
    leadership: list[str]  # Kết quả lãnh đạo, quản lý, điều hành
    integrity: list[str]  # Đấu tranh phòng, chống tham nhũng, lãng phí; nêu gương
    commitment: list[str]  # Thực hiện cam kết tu dưỡng, rèn luyện
    shortcomings: list[str]  # Hạn chế, khuyết điểm
    causes: list[str]  # Nguyên nhân
    remedied: list[str]  # Kết quả khắc phục hạn chế kỳ trước
    explanation: list[str]  # Giải trình vấn đề được gợi ý
    collective_share: list[str]  # Trách nhiệm đối với hạn chế của tập thể
    direction: list[str]  # Phương hướng, biện pháp khắc phục
    grade_civil: str  # Tự xếp loại cán bộ, công chức, viên chức
    grade_party: str  # Tự xếp loại đảng viên
    level: MemberReviewLevel
    initiative: list[str]  # Trách nhiệm, năng động, đổi mới, xử lý việc khó
    conduct: list[str]  # Phẩm chất, đoàn kết, kỷ luật, nêu gương, tác phong
    score_common: int | float  # Điểm nhóm tiêu chí chung (trên 30)
    score_tasks: int | float  # Điểm nhóm tiêu chí kết quả (trên 70)
    score_total: int | float  # Tổng điểm (trên 100)
    remedy_plan: list[str]  # Kế hoạch khắc phục, sửa chữa
    head_responsibility: list[str]  # Trách nhiệm người đứng đầu trong kết quả của tập thể
    reform: list[str]  # Cải cách thủ tục hành chính, ứng dụng công nghệ thông tin
    complaints: list[str]  # Giải quyết đơn thư khiếu nại, tố cáo, kiến nghị


class MemberCivil(TypedDict, total=False):
    """What stands at `members.civil`."""

    comment: list[str]  # Nhận xét của người quản lý, sử dụng công chức, viên chức
    grade: str  # Mức xếp loại công chức, viên chức


class MemberCell(TypedDict, total=False):
    """What stands at `members.cell`."""

    comment: list[str]  # Nhận xét của chi ủy
    grade: str  # Mức chi bộ đề xuất
    note: str  # Ghi chú
    discussed_grade: str  # Mức chi bộ thảo luận trước khi bỏ phiếu


class MemberResidence(TypedDict, total=False):
    """What stands at `members.residence`."""

    confirmed: bool  # Nơi cư trú đã xác nhận, nhận xét
    body: str  # Chi ủy, đảng ủy cơ sở nơi cư trú
    address: str  # Nơi cư trú
    relation: list[str]  # Giữ mối liên hệ với nơi cư trú
    comment: list[str]  # Ý kiến nhận xét khác của nơi cư trú
    summary: str  # Nhận xét nơi cư trú (tóm tắt)
    signer: str  # Người ký thay mặt nơi cư trú


class MemberCommittee(TypedDict, total=False):
    """What stands at `members.committee`."""

    grade: str  # Mức đảng ủy, chi ủy cơ sở xếp
    decided_by: str  # Người, cấp quyết định mức
    decided_on: str  # Ngày quyết định mức


class MemberDiscussion(TypedDict, total=False):
    """What stands at `members.discussion`."""

    said: str  # Ưu điểm, hạn chế, ý kiến góp ý tại hội nghị
    answer: str  # Giải trình, tiếp thu


class MemberRegrade(TypedDict, total=False):
    """What stands at `members.regrade`."""

    issuer: str  # Cấp ủy cấp trên trực tiếp
    number: str  # Số quyết định
    discipline_number: str  # Số quyết định thi hành kỷ luật
    discipline_date: str  # Ngày quyết định thi hành kỷ luật
    discipline_issuer: str  # Cấp ra quyết định thi hành kỷ luật
    discipline_form: str  # Hình thức kỷ luật
    violation_time: str  # Thời điểm xảy ra khuyết điểm, vi phạm
    year: int  # Năm được xếp loại lại
    old_grade: str  # Kết quả xếp loại cũ
    new_grade: str  # Kết quả xếp loại mới
    revoked_awards: list[str]  # Nội dung khen thưởng bị hủy bỏ
    effective: str  # Ngày có hiệu lực
    reason: list[str]  # Khuyết điểm, điều kiện không bảo đảm đã phát hiện


class MemberTask(TypedDict, total=False):
    """What stands at `members.tasks`."""

    name: str  # Nhiệm vụ
    product: str  # Sản phẩm
    due: str  # Thời hạn
    done: str  # Hoàn thành
    quality: bool  # Bảo đảm chất lượng, hiệu quả
    exceeded: bool  # Vượt mức yêu cầu


class Member(TypedDict, total=False):
    """What stands at `members`."""

    id: str  # Mã đảng viên trong hồ sơ
    vote: MemberVote
    votes: dict[str, int]
    member: Person
    student: MemberStudent
    review: MemberReview
    civil: MemberCivil
    cell: MemberCell
    residence: MemberResidence
    committee: MemberCommittee
    discussion: MemberDiscussion
    facts: Facts  # Căn cứ xếp loại
    regrade: MemberRegrade
    tasks: list[MemberTask]
    signs: dict[str, str]  # Liên hệ các biểu hiện
    assessments: dict[str, Assessment]  # Phiếu đánh giá, theo mã chủ thể


class DossierData(TypedDict, total=False):
    """A whole dossier."""

    regulation: str  # Mã văn bản áp dụng
    regulations: str  # Thư mục văn bản của đơn vị (tính từ thư mục của hồ sơ)
    sample: bool  # Hồ sơ mẫu, để thử: lời văn mẫu được phép còn nguyên
    papers: list[Paper]
    meeting: Meeting
    ballots: Ballots
    period: Period
    document: Document
    organization: Organization
    collective: Collective
    superior: Superior
    party_organization: PartyOrganization
    signers: Signers
    bodies: list[Body]
    invitation: Invitation
    handout: Handout
    minutes: Minutes
    counting: Counting
    summary: Summary
    submission: Submission
    letter: Letter
    decision: Decision
    notice: Notice
    basis: Basis
    organization_regrade: OrganizationRegrade
    report: Report
    unit_tasks: list[UnitTask]
    archive: Archive
    enclosures: list[Enclosure]
    everyone: Everyone  # Khai chung cho mọi đảng viên; ai khác thì ghi riêng ở người ấy
    members: list[Member]  # Đảng viên
