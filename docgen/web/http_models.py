"""The shapes of the interface's answers, for its OpenAPI description; what is read and checked by docgen stays free."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, Field


class FindingOut(BaseModel):
    """One finding: `code` is stable, `pointer` (RFC 6901) for programs, `message` and `hint` for people."""

    model_config = {"extra": "allow"}
    code: str
    severity: Literal["error", "warning", "info"]


class ProblemOut(BaseModel):
    """RFC 9457; `code` is stable, `findings` say what is wrong in the data that was sent."""

    model_config = {"extra": "allow"}
    type: str
    title: str
    status: int
    code: str
    detail: str
    findings: list[dict[str, Any]] = Field(default_factory=list)


class FormOut(BaseModel):
    """One form of a regulation."""

    id: str
    code: str
    name: str


class RegulationOut(BaseModel):
    """One regulation and its forms; `in_force` for the dossiers of this year."""

    id: str
    number: str
    title: str
    in_force: bool
    forms: list[FormOut]


class FindingsOut(BaseModel):
    """Everything found; `sound` where there is no error. Of very many the first are told, `further` counts the rest."""

    sound: bool
    findings: list[FindingOut]
    further: int


class GradeOut(FindingsOut):
    """The board (as `docgen grade --json`), None where the dossier cannot be graded."""

    board: dict[str, Any] | list[Any] | None


class CreatedOut(BaseModel):
    """A dossier of the server; its version is also its ETag."""

    id: str
    unit: str
    regulation: str
    version: int


class MemberOut(BaseModel):
    """One member of a dossier."""

    id: str
    name: str


class ChangeOut(BaseModel):
    """One line of the history; `chain` is the digest of the line and of the chain before it."""

    number: int
    version: int
    at: float
    who: str
    pointer: str
    old: Any = None
    new: Any = None
    chain: str


class HistoryOut(BaseModel):
    """Lines of the history; `whole` is false where a line was altered."""

    whole: bool
    changes: list[ChangeOut]


class PacketAsked(BaseModel):
    """What packet to make: with PDF files or not, a draft (every page DỰ THẢO) or the real one."""

    model_config = {"extra": "forbid"}
    pdf: bool = False
    draft: bool = False


class JobTaken(BaseModel):
    """The job that was begun, or the waiting one that asks the same."""

    job: str


class JobOut(BaseModel):
    """A job: `done` of `total` parts, `packet` when it is done, `problem` when it failed."""

    id: str
    kind: str
    dossier: str
    state: Literal["queued", "running", "done", "failed"]
    tries: int
    done: int
    total: int
    packet: str | None
    problem: dict[str, Any] | None


class DueAsked(BaseModel):
    """Who will sign: the role, the certificate (DER in base64, or PEM) and its chain; how the signature is to look.

    `only` names document numbers; `name` stands for the name in the certificate where it is not empty.
    """

    model_config = {"extra": "forbid"}
    role: str = Field(max_length=80)
    certificate: str = Field(max_length=20_000)
    chain: list[Annotated[str, Field(max_length=20_000)]] = Field(default_factory=list, max_length=8)
    only: list[int] = Field(default_factory=list, max_length=100_000)
    name: str = Field("", max_length=200)
    post: str = Field("", max_length=200)
    agency: str = Field("", max_length=200)
    location: str = Field("", max_length=200)
    visible: bool = True


class RemoteFile(BaseModel):
    """What is to be signed, as `docgen sign --export` writes it; `signature` of each document is what the key gives.

    `signed_attributes` (DER) or its SHA-256 `to_sign_sha256` is signed; binary values are base64.
    """

    model_config = {"extra": "allow"}
    format: Literal["docgen-remote/1"]
    packet: str
    role: str
    time: str
    certificate: str
    chain: list[str]
    documents: list[dict[str, Any]]


class SignedOut(BaseModel):
    """The numbers of the documents: signed now, and the others of the role with why not."""

    role: str
    signer: str
    level: str
    signed: list[int]
    already_signed: list[int]
    blocked: dict[str, list[str]]
    other_people: dict[str, str]
    paper: list[int]
    name_not_on_paper: list[int]


class VgcaAsked(BaseModel):
    """Which paper VGCA Sign is to sign, as which role; `base` is the server's address as the signer's PC knows it."""

    model_config = {"extra": "forbid"}
    document: int
    role: str = Field(max_length=80)
    base: str = Field("", max_length=300)


class VgcaOut(BaseModel):
    """`parameters` as `vgca_sign_approved(JSON.stringify(parameters), callback)` takes them; good for `seconds`."""

    parameters: dict[str, Any]
    seconds: int


class VgcaTaken(BaseModel):
    """What VGCA Sign reads after it sent a file: whether it was taken, and why not."""

    Status: bool
    Message: str
    FileName: str
    FileServer: str


class WebhookAsked(BaseModel):
    """Who is to be told of which events (none named: of all) of the things of `unit` and the units below it."""

    model_config = {"extra": "forbid"}
    url: str = Field(max_length=2000)
    events: list[Annotated[str, Field(max_length=40)]] = Field(default_factory=list, max_length=20)
    unit: str = Field("", max_length=40)
    bearer: str = Field("", max_length=2000)


class WebhookOut(BaseModel):
    """A receiver of events."""

    id: str
    unit: str
    url: str
    events: list[str]


class WebhookMade(WebhookOut):
    """A receiver that was just registered, with the secret of its signatures, which is told this once."""

    secret: str


class DeliveryOut(BaseModel):
    """One event for a receiver; `told` is the last answer: a status, or why there was none."""

    event: str
    kind: str
    created: float
    state: Literal["waiting", "delivered", "given_up"]
    tries: int
    told: str
    ended: float | None


class UnitOut(BaseModel):
    """A unit and one of its dossiers (None: it has none). `grades` is what people decided, None where nothing can be
    counted; `late_days` after its deadline, 0 where it is not late."""

    model_config = {"extra": "allow"}
    unit: str
    name: str
    dossier: str | None
    state: str
    handed_over: str | None
    late_days: int
    grades: dict[str, Any] | None


class GroupOut(BaseModel):
    """The units whose dossiers are under one regulation: the counts added, the quota over all by each reading."""

    model_config = {"extra": "allow"}
    regulation: str
    number: str
    grades: dict[str, Any]
    quota: list[dict[str, Any]]
    remarks: list[str]
    units: list[UnitOut]


class SummaryOut(BaseModel):
    """The units below in one year (None: dossiers that state none); `years` are those that there are dossiers of,
    `without` the units that have none in it."""

    year: int | None
    years: list[int | None]
    groups: list[GroupOut]
    without: list[UnitOut]


class HealthOut(BaseModel):
    """`ok` where the database answers; `jobs` waits and runs."""

    status: Literal["ok"]
    version: str
    jobs: int
