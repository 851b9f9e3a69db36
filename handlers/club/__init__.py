"""Clubs of voluntary donors: a donor joins and leaves by themselves; the head sees number, phone and workplace of the members."""

from core.people import Role
from handlers.club import joining, members
from handlers.turn import Action

ACTIONS = (
    Action(("members", "thanhvien"), members.members, role=Role.HEAD, words=("thanh vien", "members"), within=False),
    Action(("club", "clb"), joining.club, words=("cau lac bo", "club"), listed=False),
)
FORMS = (members.FORM, joining.FORM)
