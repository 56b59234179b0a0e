# SPDX-License-Identifier: Apache-2.0
"""What evidence states: licences, refusals in many languages, copyright lines."""

import pytest

from syndicate.model import Evidence, Level
from syndicate.rights.reserved import reserves_all
from syndicate.rights.statements import copyright_line, statements


def stated(kind, value, level=Level.ITEM):
    """One piece of evidence."""
    return Evidence(kind, level, value, "item")


@pytest.mark.parametrize(
    "text",
    [
        "© 2026 Ferrow. All Rights Reserved.",
        "ALL   RIGHT\nRESERVED",
        "All rights are reserved",
        "Todos los derechos reservados",
        "Todos os direitos reservados.",
        "Tous droits réservés",
        "TOUS DROITS RESERVES",
        "Alle Rechte vorbehalten.",
        "Tutti i diritti riservati",
        "Alle rechten voorbehouden",
        "Tots els drets reservats",
        "Alla rättigheter förbehållna",
        "Alle rettigheder forbeholdes",
        "Alle rettigheter reservert",
        "Kaikki oikeudet pidätetään",
        "Wszelkie prawa zastrzeżone",
        "Všechna práva vyhrazena",
        "Všetky práva vyhradené",
        "Sva prava pridržana",
        "Minden jog fenntartva",
        "Toate drepturile rezervate",
        "Все права защищены",
        "Усі права захищені",
        "Всички права запазени",
        "Με επιφύλαξη παντός δικαιώματος",
        "Tüm hakları saklıdır",
        "جميع الحقوق محفوظة",
        "تمامی حقوق محفوظ است",
        "כל הזכויות שמורות",
        "版权所有",
        "保留一切權利",
        "無断転載を禁じます",
        "무단 전재 및 재배포 금지",
        "Hak cipta dilindungi undang-undang",
        "Bảo lưu mọi quyền",
        "सर्वाधिकार सुरक्षित",
    ],
)
def test_reserves_all(text):
    """A refusal is recognised in its language, whatever its case and white space."""
    assert reserves_all(text)


@pytest.mark.parametrize(
    "text",
    [
        "No rights reserved",
        "Some rights reserved",
        "Not all rights reserved",
        "Nicht alle Rechte vorbehalten",
        "Algunos derechos reservados",
        "© 2026 Ferrow",
        "CC BY 4.0",
        "overall rights reserved",
        "",
    ],
)
def test_reserves_nothing(text):
    """Partial reservations, mere notices and silence are no refusals."""
    assert not reserves_all(text)


def test_levels_in_order():
    """Each level that says anything is one statement, the most specific first; notices alone say nothing."""
    found = statements(
        [
            stated("rss.copyright", "All rights reserved", Level.FEED),
            stated("atom.rights", "© 2026 Ferrow", Level.SOURCE),
            stated("atom.license", "https://creativecommons.org/licenses/by/4.0/"),
            stated("atom.license", "https://ferrow.example/terms"),
            stated("cc.rdf", " "),
            stated("body.disclaimer", "All rights reserved"),
        ]
    )
    assert [s.level for s in found] == [Level.ITEM, Level.FEED]
    assert [licence.id for licence, _ in found[0].licences] == ["CC-BY-4.0"]
    assert [e.value for e in found[0].unread] == ["https://ferrow.example/terms"]
    assert [e.kind for e in found[1].refusals] == ["rss.copyright"]


@pytest.mark.parametrize(
    ("value", "line"),
    [
        ("© 2026 Ferrow Valley News. All rights reserved.", "© 2026 Ferrow Valley News."),
        ("The original source of this article is X. Copyright © X, X, 2020", "Copyright © X, X, 2020"),
        ("(c) 2019 J. R. Wren, Inc. and heirs. Ask first.", "(c) 2019 J. R. Wren, Inc. and heirs."),
        ("Copyright Ida Wren", "Copyright Ida Wren"),
        ("Ask us. The copyright lies with somebody.", ""),
        ("See (a), (b) and (c).", ""),
        ("版权 © 2026 某报。保留所有权利。", "版权 © 2026 某报。"),
        ("Write to us about copyright.\n©  2020\n Ferrow", "© 2020"),
        ("CC BY 4.0", ""),
    ],
)
def test_copyright_line(value, line):
    """The copyright sentence is cut out to the character, white space folded, initials and firms kept whole."""
    assert copyright_line([stated("rss.copyright", value)]) == line


def test_copyright_line_of_the_most_specific_level():
    """The item's line wins over the feed's, a dated line over one that is not, pictures' lines never count."""
    feed = stated("rss.copyright", "© 2026 Ferrow", Level.FEED)
    item = stated("body.copyright", "Copyright Ida Wren")
    dated = stated("dc.rights", "© Ida Wren 2025")
    photo = stated("mrss.copyright", "© 2020 Agency")
    assert copyright_line([photo, feed, item]) == "Copyright Ida Wren"
    assert copyright_line([item, dated, feed]) == "© Ida Wren 2025"
    assert copyright_line([photo]) == ""
