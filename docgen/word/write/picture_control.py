"""The content control of a picture (`w:picture`, ECMA-376 part 1, 17.5.2.24), the drawing in it (20.4.2.8, 20.2.2.5).

A template holds the picture of an empty place, with Word's sign that it is a prompt; filling puts another in its place
(`docgen.word.engine.template_pictures`). An inline drawing on a line of exact height is cut to that height by Word
and by LibreOffice, so the line is as high as what stands on it.
"""

from __future__ import annotations

from xml.sax.saxutils import quoteattr

from docgen.word.write.controls import control_properties

#: English metric units (20.1.2.1), of which drawings are made.
EMU_PER_MM = 36_000
#: The relationship of the picture that an empty place shows, its part, and how a package declares both kinds.
EMPTY_RELATION, EMPTY_PART = "rId6", "word/media/empty.png"
CONTENT_TYPES = '<Default Extension="png" ContentType="image/png"/><Default Extension="jpeg" ContentType="image/jpeg"/>'
_DRAWING = "http://schemas.openxmlformats.org/drawingml/2006"
_LINE = (
    '<w:pPr><w:spacing w:before="0" w:after="0" w:line="240" w:lineRule="auto"/><w:ind w:firstLine="0"/>'
    '<w:jc w:val="center"/></w:pPr>'
)


def picture_control(tag: str, alias: str, control_id: int, alt: str, width: int, height: int, *, number: int) -> str:
    """The control around a paragraph with an empty picture of `width` by `height` EMU.

    `number` is the drawing's own in the document; `alt` is what a screen reader says.
    """
    size = f'cx="{width}" cy="{height}"'
    named = f'id="{number}" name={quoteattr(f"{tag} {number}")} descr={quoteattr(alt)}'
    drawing = (
        f'<wp:inline xmlns:wp="{_DRAWING}/wordprocessingDrawing" distT="0" distB="0" distL="0" distR="0">'
        f"<wp:extent {size}/><wp:docPr {named}/><wp:cNvGraphicFramePr>"
        f'<a:graphicFrameLocks xmlns:a="{_DRAWING}/main" noChangeAspect="1"/></wp:cNvGraphicFramePr>'
        f'<a:graphic xmlns:a="{_DRAWING}/main"><a:graphicData uri="{_DRAWING}/picture">'
        f'<pic:pic xmlns:pic="{_DRAWING}/picture"><pic:nvPicPr><pic:cNvPr {named}/>'
        '<pic:cNvPicPr><a:picLocks noChangeAspect="1"/></pic:cNvPicPr></pic:nvPicPr>'
        f'<pic:blipFill><a:blip r:embed="{EMPTY_RELATION}"/><a:stretch><a:fillRect/></a:stretch></pic:blipFill>'
        f'<pic:spPr><a:xfrm><a:off x="0" y="0"/><a:ext {size}/></a:xfrm>'
        '<a:prstGeom prst="rect"><a:avLst/></a:prstGeom></pic:spPr></pic:pic></a:graphicData></a:graphic></wp:inline>'
    )
    properties = control_properties(tag, alias, control_id, "", "<w:showingPlcHdr/><w:picture/>")
    content = f"<w:p>{_LINE}<w:r><w:drawing>{drawing}</w:drawing></w:r></w:p>"
    return f"<w:sdt>{properties}<w:sdtContent>{content}</w:sdtContent></w:sdt>"
