"""How long PDF and signatures take: `python -m benchmarks.pdf [--json] [--count N] [--engine NAME]`.

One sample of Mẫu 05, converted N times (drawing alone, then with the gate), fields placed, signed once with a key made
on the spot, checked again. Seconds for one document, the best of three runs.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Callable
from typing import Any


def best(work: Callable[[], Any], runs: int = 3) -> float:
    """The shortest of `runs` runs, in seconds."""
    out = []
    for _ in range(runs):
        start = time.perf_counter()
        work()
        out.append(time.perf_counter() - start)
    return min(out)


def measure(count: int, engine: str) -> dict[str, Any]:
    """All figures."""
    from pyhanko.sign.signers import SimpleSigner

    from docgen.forms.definition import load_form
    from docgen.forms.fill import blank_form
    from docgen.pdf import check, convert, embedded
    from docgen.regulations.loader import load_regulation
    from docgen.signing import Signing, Trust, place_fields, sign
    from docgen.signing.check import check_pdf
    from docgen.signing.demo_authority import Authority
    from docgen.signing.keys import describe
    from docgen.word.unwrap import unwrap
    from docgen.word.written import paragraphs

    regulation = load_regulation("hd16-2018")
    docx = blank_form(regulation, load_form(regulation, "mau-05"))
    plain = unwrap(docx)
    files = [(f"{number}.docx", docx) for number in range(count)]
    result = convert(files[:1], engine)
    pdf, zones = result.pdfs["0.docx"], result.zones["0.docx"]
    authority = Authority()
    private, certificate = authority.issue("Người ký thử")
    store = authority.pkcs12(private, certificate, "x")
    key = describe(SimpleSigner.load_pkcs12_data(store, other_certs=[], passphrase=b"x"), "")
    fielded = place_fields(pdf, zones)
    signed = sign(fielded, zones[0].name, key, Signing())
    texts = [text for text in paragraphs(plain) if text.strip()]
    return {
        "engine": result.engine,
        "version": result.version,
        "count": count,
        "unwrap": best(lambda: unwrap(docx)),
        "draw_rdocx": best(lambda: embedded.draw(plain)),
        "gate": best(lambda: check(pdf, texts)),
        "convert_each": best(lambda: convert(files, engine), 2) / count,
        "place_fields": best(lambda: place_fields(pdf, zones)),
        "sign": best(lambda: sign(fielded, zones[0].name, key, Signing())),
        "verify": best(lambda: check_pdf(signed, Trust(), len(fielded))),
    }


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--count", type=int, default=20)
    parser.add_argument("--engine", default="rdocx")
    arguments = parser.parse_args()
    figures = measure(arguments.count, arguments.engine)
    if arguments.json:
        print(json.dumps(figures, indent=2))
        return
    for name, value in figures.items():
        print(f"{name:14} {value:.4f} s" if isinstance(value, float) else f"{name:14} {value}")


if __name__ == "__main__":
    main()
