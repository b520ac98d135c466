"""How the files here were made: run once with the code of 0.2.0 (README.md says how), never with a later one.

Forms as they were handed out, filled and typed into, each with the record it must give back, and a packet of one member
signed by a test authority. A file that 0.2.0 itself could not read back stops the run.
"""

from __future__ import annotations

import datetime
import json
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
ZONE = datetime.timezone(datetime.timedelta(hours=7))
#: When the test authority begins, for ten years, and when the packet was signed.
BEGINS = datetime.datetime(2021, 11, 1, tzinfo=datetime.UTC)
SIGNED = datetime.datetime(2021, 12, 20, 9, 30, tzinfo=ZONE)
#: Form -> the member it was handed to (a leader, whose form has every section); "" for one without a dossier.
FORMS = {
    "kh55-2018/mau-02": "dv-01",
    "kh55-2018/mau-05": "",
    "hd16-2018/mau-02": "dv-02",
    "hd19-2024/kb-02a": "dv-03",
}
PACKET = "khbvp-2021"


def merged(under: dict[str, Any], over: dict[str, Any]) -> dict[str, Any]:
    """`under` with what `over` says in its place."""
    out = dict(under)
    for name, value in over.items():
        mine = out.get(name)
        out[name] = merged(mine, value) if isinstance(value, dict) and isinstance(mine, dict) else value
    return out


def docgen_command(*arguments: str) -> None:
    """A command of 0.2.0, as a user gives it."""
    command = [sys.executable, "-c", "from docgen.cli import main; main()", *arguments]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)


def make_forms(name: str, member: str, work: Path) -> None:
    """The files of one form: blank or handed out, filled, typed into; and their records."""
    from word_edits import type_record

    from docgen.dossier.sample import sample_dossier
    from docgen.forms.definition import load_form
    from docgen.forms.example import sample_record
    from docgen.forms.readback import read_form
    from docgen.regulations.loader import load_regulation

    regulation_id, form = name.split("/")
    regulation = load_regulation(regulation_id)
    definition = load_form(regulation, form)
    stem = HERE / f"{regulation_id}-{form}"
    example = sample_record(definition)
    (work / "record.json").write_text(json.dumps(example, ensure_ascii=False), encoding="utf-8")
    docgen_command("fill", form, "-r", regulation_id, "--data", str(work / "record.json"), "-o", str(work / "filled"))
    (filled,) = (work / "filled").glob("*.docx")
    handed = ["blank", form, "-r", regulation_id, "-o", str(work / "handed")]
    if member:
        dossier = work / "dossier.json"
        dossier.write_text(json.dumps(sample_dossier(regulation_id), ensure_ascii=False), encoding="utf-8")
        handed += ["--dossier", str(dossier), "--member", member]
    docgen_command(*handed)
    (given,) = (p for p in [work / "handed", *(work / "handed").rglob("*.docx")] if p.is_file())
    contents = {"filled": filled.read_bytes(), "handed": given.read_bytes()}
    known = read_form(contents["handed"]).data
    # What stood in the form already stays, all the rest is typed.
    records = {"filled": example, "handed": known, "typed": merged(example, known)}
    contents["typed"] = type_record(contents["handed"], records["typed"], regulation, definition)
    for kind, content in contents.items():
        found = read_form(content)
        assert [f for f in found.findings if f.severity != "info"] == [], (name, kind, found.findings)
        assert kind != "filled" or found.data == example, (name, found.data)
        records[kind] = found.data
        stem.with_name(f"{stem.name}.{kind}.docx").write_bytes(content)
    # A blank form carries no id.
    assert records["typed"] | {"id": ""} == merged(example, known) | {"id": ""}, name
    text = json.dumps(records, ensure_ascii=False, indent=1, sort_keys=True)
    stem.with_name(f"{stem.name}.json").write_text(text + "\n", encoding="utf-8")


def make_packet(work: Path) -> None:
    """A packet of one member, all of whose roles have signed, as the zip that is sent in."""
    from docgen.dossier.sample import sample_dossier
    from docgen.signing import Asked, Signing, Trust, sign_packet, verify_packet
    from docgen.signing.bundle import zip_packet
    from docgen.signing.demo_authority import Authority
    from docgen.signing.keys import load_certificates, open_pkcs12
    from docgen.signing.signed_manifest import load_manifest

    dossier = HERE / "ho-so.json"
    dossier.write_text(
        json.dumps(sample_dossier(PACKET, members=1), ensure_ascii=False, indent=1) + "\n", encoding="utf-8"
    )
    folder = work / "packet"
    docgen_command("packet", str(dossier), "-o", str(folder), "--pdf", "--pdf-engine", "rdocx")
    authority = Authority("CA thử docgen 0.2.0", BEGINS, datetime.timedelta(days=3650))
    (HERE / "ca.pem").write_bytes(authority.pem())
    for role in ("author", "collective", "cell"):
        signer = next(s for d in load_manifest(folder).documents for s in d.signers if s.role == role)
        key, certificate = authority.issue(signer.name)
        store = work / f"{role}.p12"
        store.write_bytes(authority.pkcs12(key, certificate, "thử"))
        done = sign_packet(folder, role, open_pkcs12(store, "thử"), Signing(moment=SIGNED))
        assert done.signed, role
    asked = Asked(Trust(load_certificates([HERE / "ca.pem"]), moment=SIGNED + datetime.timedelta(days=20)))
    verdict = verify_packet(folder, asked)
    assert verdict.status == "passed", verdict.as_json("en")
    with (HERE / "bo-ho-so.zip").open("wb") as out:
        zip_packet(folder, out)


if __name__ == "__main__":
    import docgen

    assert docgen.__version__ == "0.2.0", docgen.__version__
    sys.path.insert(0, str(Path(docgen.__file__).parents[1] / "tests" / "forms"))
    for form_name, holder in FORMS.items():
        with tempfile.TemporaryDirectory() as room:
            make_forms(form_name, holder, Path(room))
    with tempfile.TemporaryDirectory() as room:
        make_packet(Path(room))
