"""The files that the bot hands out: one row a document, one module each."""

from handlers.documents import (
    annex,
    audit_sheet,
    board_png,
    board_xlsx,
    csv_list,
    ics,
    link_qr,
    list_template,
    members,
    missed,
    mydata,
    picture,
    plan_report,
    plan_template,
    points_xlsx,
    poster,
    quotas_xlsx,
    ticket,
    unit_tree,
    xlsx,
)
from handlers.documents.paper import Document, Paper, Params, Progress

DOCUMENTS: dict[str, Document] = {
    room.DOCUMENT.name: room.DOCUMENT
    for room in (
        xlsx,
        csv_list,
        ics,
        mydata,
        ticket,
        list_template,
        plan_template,
        plan_report,
        unit_tree,
        board_png,
        board_xlsx,
        annex,
        points_xlsx,
        quotas_xlsx,
        members,
        link_qr,
        audit_sheet,
        missed,
        picture,
    )
}
DOCUMENTS |= {document.name: document for document in (poster.PDF, poster.PNG)}

__all__ = ["DOCUMENTS", "Document", "Paper", "Params", "Progress"]
