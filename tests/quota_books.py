"""Tables of quotas as offices make them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.plan_books import fill, made

# Source: plan of the Lạng Sơn Federation of Labour for 2023, annexed list; the slip "LDLĐ" is the paper's own.
LANG_SON = (
    ("LĐLĐ thành phố", 180, 4, 3),
    ("LĐLĐ huyện Cao Lộc", 180, 4, 2),
    ("Công đoàn Viên chức tỉnh", 170, 4, 2),
    ("Công đoàn ngành Giáo dục", 100, 2, 1),
    ("Công đoàn ngành Y tế", 70, 4, 2),
    ("LDLĐ huyện Lộc Bình", None, 3, 1),
    ("LĐLĐ huyện Đình Lập", None, 1, 1),
    ("LĐLĐ huyện Chi Lăng", None, 3, 1),
    ("LĐLĐ huyện Hữu Lũng", None, 5, 2),
    ("LĐLĐ huyện Văn Quan", None, 2, 1),
    ("LĐLĐ huyện Bình Gia", None, 2, 1),
    ("LĐLĐ huyện Bắc Sơn", None, 2, 1),
    ("LĐLĐ huyện Văn Lãng", None, 2, 1),
    ("LĐLĐ huyện Tràng Định", None, 2, 1),
)


def lang_son(rows: Any = LANG_SON, total: tuple[object, ...] = (700, 40, 20)) -> bytes:
    """The annexed list with its title, two rows of merged titles, a row of totals and nothing in the column of notes."""

    def build(workbook: Any) -> None:
        sheet = workbook.active
        fill(
            sheet,
            [
                ["DANH SÁCH"],
                ["Phân bổ chỉ tiêu hiến máu tình nguyện, khen thưởng năm 2023"],
                ["(Kèm theo Kế hoạch số      /KH-LĐLĐ ngày    /02/2023 của LĐLĐ tỉnh)"],
                [
                    "TT",
                    "Đơn vị",
                    "Chỉ tiêu phân bổ hiến máu cấp tỉnh",
                    "Chỉ tiêu khen thưởng tại cấp tỉnh",
                    None,
                    "Ghi chú",
                ],
                [None, None, None, "Cá nhân", "Gia đình", None],
                *([f"{number}.", *row, None] for number, row in enumerate(rows, 1)),
                [None, "Tổng cộng:", *total, None],
            ],
            "Chỉ tiêu",
        )
        for cells in ("A1:F1", "A2:F2", "A3:F3", "A4:A5", "B4:B5", "C4:C5", "D4:E4", "F4:F5"):
            sheet.merge_cells(cells)

    return made(build)


# Of units in tests/data/house.toml; two of them share a name.
_HOUSE = (("Sở Y tế", 60, 4, 3), ("Bệnh viện Đa khoa tỉnh", None, 3, 1), ("Trung tâm Y tế", 20, 1, 1))
QUOTA_BOOKS: dict[str, Callable[[], bytes]] = {
    "chi-tieu.xlsx": lambda: lang_son(_HOUSE, (80, 8, 6)),
    "chi-tieu-lang-son.xlsx": lang_son,
}
