"""The same blanks and announcements as in `unfilled_forms.py`, in other languages than English."""

from __future__ import annotations

import re

from evt.validators.later import Later

HINTS = (
    "einfügen", "ergänz", "folgt", "ausfüllen", "insér", "complét", "remplir", "rédiger",
    "insertar", "completar", "completare", "definir", "rellenar", "preencher", "inseri",
    "próximamente", "noch offen", "suivre", "continua", "vervolgd", "продолж",
    "вставить", "дополн", "заполнить", "待", "填写", "插入", "补充", "暂无", "略",
    "後で", "記入", "入力", "未定", "追記", "準備中", "続く", "추가", "작성", "입력",
)  # fmt: skip
BLANK = Later(
    r"(?<!\])[\[\u3010<][^\[\]\n]{0,40}?(?:\beinfügen|\bergänzen|\bausfüllen|\binsérer\b|"
    r"\bà (?:compléter|remplir)|\binsertar\b|\bcompletar\b|\brellenar\b|\binserire\b|"
    r"\bcompletare\b|\binserir\b|вставить|заполнить|дополнить|填写|插入|补充|記入|入力|작성|입력)"
    r"[^\[\]\n]{0,40}?[\]\u3011>](?![(\[:])",
    re.IGNORECASE,
)
ANNOUNCED = Later(
    r"^[\s>*_(\[\u3010\uff08-]*(?:"
    r"(?:\w+ ){0,3}(?:wird|werden) (?:noch |später )(?:ergänzt|nachgereicht|ausgefüllt)|"
    r"(?:text |inhalt |details )?folg(?:t|en)(?: noch| später| in kürze)?|"
    r"(?:noch |hier )?(?:zu ergänzen|einfügen)|"
    r"à (?:compléter|définir|remplir|venir|rédiger)|(?:por|a) (?:completar|definir|rellenar)|"
    r"(?:da|a) (?:completare|definire)|a (?:preencher|definir)|próximamente|prossimamente|"
    r"(?:будет )?(?:дополнено|заполнить|дополнить)(?: позже)?|"
    r"(?:此处|本节|内容|该部分){0,2}(?:待补充|待填写|待完善|待定|待续|待写|待更新)|"
    r"(?:请在)?此处(?:填写|插入|补充).{0,10}|暂无内容|"
    r"(?:此处|以下|其余|后文|下文|中间)(?:内容|部分)?.{0,4}(?:省略|略)|未完待续|"
    r"(?:後で|あとで|追って)(?:書く|記入|追記)(?:する|します)?|ここに.{0,10}(?:記入|入力).{0,6}|"
    r"noch offen|fortsetzung folgt|à suivre|continuará|continua|wordt vervolgd|"
    r"продолжение следует|未定|準備中|(?:以下|中)?(?:省略|後略|中略)|続く|"
    r"(?:내용 )?(?:추가|작성) 예정|추후 (?:작성|추가).{0,6}|여기에 .{0,12}(?:작성|입력).{0,6}"
    r")[\s.…!。*_)\]\u3011\uff09]*$",
    re.IGNORECASE,
)
