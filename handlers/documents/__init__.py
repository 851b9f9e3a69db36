"""The files that the bot hands out: one row a document, one module each."""

from handlers.documents import csv_list, ics, mydata, ticket, xlsx
from handlers.documents.paper import Document, Paper, Params, Progress

DOCUMENTS: dict[str, Document] = {
    document.name: document
    for document in (xlsx.DOCUMENT, csv_list.DOCUMENT, ics.DOCUMENT, mydata.DOCUMENT, ticket.DOCUMENT)
}

__all__ = ["DOCUMENTS", "Document", "Paper", "Params", "Progress"]
