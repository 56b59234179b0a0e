# SPDX-License-Identifier: Apache-2.0
"""What copies say in words about where they came from, by language: data for ``credits``.

A phrase is a regular expression that ends where the credited name begins. ``CREDITS`` say plainly that the text was
somewhere else first. ``SOURCES`` ("Source:") may as well mean a source of facts, so they count only beside a copyright
line or as a line of their own at the end. ``CONTINUES`` send the reader to the whole text. ``POSTS`` hold a title
between their two halves.
"""
# ruff: noqa: RUF001 -- letters of other scripts are what this file is made of

from __future__ import annotations

import re

_EN_WORK = r"(?:article|post|story|piece|essay|column|commentary|interview|report|analysis|op-ed|opinion|text|work)"
_EN_THIS = (
    rf"(?:(?:this(?:\s{_EN_WORK})?|(?:the|an?)\s(?:[a-z]+\s){{0,3}}?(?:article|post|story|piece|essay|version|excerpt))"
    rf"\b[^.!?\n]{{0,100}}?\s)?"
)
_EN_FIRST = r"(?:originally|first|initially|previously)"
_EN_DID = r"(?:published|posted|appeared|printed|released|aired|ran|run|reported|written|produced|featured)"
_EN_BY = r"(?:by|at|on|in|for|via|with)"
_DE_WERK = r"(?:dieser?s?\s(?:artikel|beitrag|text|kommentar|bericht|interview)\b[^.!?\n]{0,80}?\s)?"
_FR_TEXTE = r"(?:cet?\s?(?:article|texte|billet|entretien)\b[^.!?\n]{0,80}?\s)?(?:a\s(?:été\s)?|est\s)?"
_ES_TEXTO = r"(?:est[ea]\s\w+\s(?:fue\s|ha\ssido\s|es\s|se\s)?)?"
_IT_TESTO = r"(?:quest[oa’']\s?\w+\s(?:è\s(?:stat[oa]\s)?)?)?"
_PT_TEXTO = r"(?:est[ea]\s\w+\s(?:foi\s|é\s)?)?"
_NL_STUK = r"(?:dit\s\w+\s(?:is\s|werd\s)?)?"
_FR_LIEU = r"(?:par|sur|dans|chez|en|le\s+\d[^.\n]{0,20}?\s(?:par|sur|dans))"
_ES_LUGAR = r"(?:en|por)(?:\s+(?:el|la))?"
_IT_LUOGO = r"(?:da|su|in|dal|dalla|dall[’']|sul|sulla|sull[’']|nel|nella|il\s+\d[^.\n]{0,20}?\s(?:da|su))"
_PT_LUGAR = r"(?:em|por|no|na|nos|nas|pelo|pela)"
_NL_PLEK = r"(?:op|in|bij|door|via)"

CREDITS: tuple[str, ...] = (
    # English
    rf"{_EN_THIS}(?:was\s|were\s|has\sbeen\s|is\s)?{_EN_FIRST}\s{_EN_DID}\s(?:online\s)?{_EN_BY}\b",
    rf"{_EN_THIS}(?:was\s|were\s|has\sbeen\s)?{_EN_DID}\s{_EN_FIRST}\s{_EN_BY}\b",
    rf"(?:the\s)?original(?:\ssource)?\sof\sth(?:is|e)\s{_EN_WORK}(?:\s(?:is|was)|\s?:)",
    r"(?:the\s)?original\s(?:source|publisher)\s?(?:is|was|:)",
    rf"{_EN_THIS}(?:comes|came)\sto\sus\s(?:from|via|by\sway\sof|courtesy\sof)",
    rf"{_EN_THIS}(?:is\s|was\s|has\sbeen\s)?cross-?\s?posted\s(?:here\s)?(?:with\s(?:kind\s)?(?:thanks|permission)\s)?(?:from|of)",
    (
        rf"{_EN_THIS}(?:is\s|was\s|has\sbeen\s)?re-?(?:published|printed|posted|produced|blogged)\s(?:here\s)?"
        r"(?:(?:with|by)\s(?:the\s)?(?:kind\s|express\s)?(?:permission|thanks)\s(?:of|from|to)|courtesy\sof|from)\b"
    ),
    rf"{_EN_THIS}(?:is\s|was\s)?syndicated\sfrom",
    # German
    (
        rf"{_DE_WERK}(?:ist\s|wurde\s)?(?:zuerst|zunächst|ursprünglich|erstmals|im\soriginal)\s(?:[^.!?\n]{{1,20}}?\s)?"
        r"(?:erschienen|veröffentlicht|publiziert)\s(?:worden\s)?(?:bei|in|im|auf|von|unter)\b"
    ),
    rf"{_DE_WERK}(?:ist\s|wurde\s)?(?:zuerst|zunächst|ursprünglich|erstmals)\s(?:bei|in|im|auf|von)\b",
    rf"{_DE_WERK}(?:erschien|stammt)\s(?:zuerst|zunächst|ursprünglich|erstmals|im\soriginal)\s(?:bei|in|im|auf|von)\b",
    r"(?:originalquelle|originalbeitrag|originalartikel|erstveröffentlichung)\s?(?::|bei\b|auf\b)",
    r"(?:abdruck|nachdruck|veröffentlicht|wiedergabe)?\s?mit\s(?:freundlicher\s)?genehmigung\s(?:von|des|der)\b",
    r"übernommen\s(?:von|aus)\b",
    # French
    (
        rf"{_FR_TEXTE}"
        rf"(?:d[’']abord|initialement|originellement|précédemment)\s(?:publiée?|parue?)\s{_FR_LIEU}\b"
    ),
    (
        rf"{_FR_TEXTE}(?:publiée?|parue?)\s"
        rf"(?:d[’']abord|initialement|originellement|à\sl[’']origine|pour\sla\spremière\sfois)\s{_FR_LIEU}\b"
    ),
    r"(?:source|article|publication)\s(?:originale?|d[’']origine)\s?:",
    rf"{_FR_TEXTE}(?:re(?:produit|publié)e?)\s(?:ici\s)?(?:avec\sl[’'](?:aimable\s)?autorisation\sd(?:e|u)|à\spartir\sd(?:e|u))\b",
    # Spanish
    (
        rf"{_ES_TEXTO}(?:publicad[oa]|apareci(?:ó|do|da)|publicó)\s"
        rf"(?:originalmente|inicialmente|primero|previamente|por\sprimera\svez)\s{_ES_LUGAR}\b"
    ),
    rf"(?:originalmente|inicialmente|previamente)\s(?:publicad[oa]|aparecid[oa])\s{_ES_LUGAR}\b",
    r"(?:fuente|artículo|publicación|nota)\s?original\s?:",
    rf"{_ES_TEXTO}re(?:producid|publicad)[oa]\s(?:aquí\s)?(?:con\s(?:el\s)?permiso\sde|de)\b",
    # Italian
    (
        rf"{_IT_TESTO}(?:pubblicat[oa]|apparso|apparsa|uscit[oa])\s"
        rf"(?:in\sorigine|originariamente|originalmente|inizialmente|per\sla\sprima\svolta|per\sprimo)\s{_IT_LUOGO}"
    ),
    r"(?:fonte|articolo|testo)\soriginale\s?:",
    rf"{_IT_TESTO}ri(?:prodott|pubblicat)[oa]\s(?:qui\s)?(?:con\sil\s(?:gentile\s)?permesso\sd|per\sgentile\sconcessione\sd)(?:i|el|ella)\b",
    # Portuguese
    (
        rf"{_PT_TEXTO}(?:publicad[oa]|apareceu|publicou-se)\s"
        rf"(?:originalmente|inicialmente|primeiro|pela\sprimeira\svez)\s{_PT_LUGAR}\b"
    ),
    rf"originalmente\spublicad[oa]\s{_PT_LUGAR}\b",
    r"(?:fonte|artigo|publicação|texto)\soriginal\s?:",
    rf"{_PT_TEXTO}re(?:produzid|publicad)[oa]\s(?:aqui\s)?com\s(?:a\s)?(?:permissão|autorização)\sd[aeo]\b",
    # Dutch
    (
        rf"{_NL_STUK}(?:oorspronkelijk|eerder|eerst|voor\shet\seerst)\s"
        rf"(?:verschenen|gepubliceerd|geplaatst)\s{_NL_PLEK}\b"
    ),
    rf"{_NL_STUK}verscheen\s(?:oorspronkelijk|eerder|eerst|voor\shet\seerst)\s{_NL_PLEK}\b",
    r"(?:oorspronkelijke|originele)\s(?:bron|publicatie|artikel)\s?:",
    rf"{_NL_STUK}(?:overgenomen|herplaatst)\s(?:van|uit|met\stoestemming\svan)\b",
    # Russian, Ukrainian
    r"первоисточник(?:\s(?:статьи|материала|публикации))?\s?[:—–-]",
    r"(?:эта\s\w+\s)?впервые\s(?:была\s|был\s|было\s)?опубликован[аоы]?\s(?:в|на)\b",
    r"оригинал(?:\s(?:статьи|материала|публикации|текста))?\s?[:—–]",
    r"(?:перепечатано|перепечатка)\s(?:из|с\sразрешения)\b",
    r"першоджерело\s?[:—–-]",
    r"(?:ця\s\w+\s)?вперше\s(?:була\s|був\s|було\s)?опублікован[аоі]?\s(?:в|у|на)\b",
    r"оригінал(?:\s(?:статті|матеріалу|публікації))?\s?[:—–]",
    r"передруковано\s(?:з|із)\b",
    # Chinese
    r"原文(?:来源|來源|出处|出處|链接|連結|地址|载于|載於|刊于|刊於)\s?[:：]?",
    r"本文(?:最初|首先|原|首)?(?:发表|發表|发布|發佈|刊登|刊载|刊載|载|載)(?:于|於|在)",
    r"首(?:发|發)(?:于|於|在)\s?[:：]?",
    r"(?:本文)?(?:转载|轉載|转自|轉自)(?:自|于|於)?\s?[:：]?",
    # Japanese
    r"(?:初出|元記事|転載元|原文|引用元記事)\s?[:：]",
    # Arabic, Urdu, Hebrew
    r"المصدر\sالأصلي\s?[:：]",
    r"ن[ُ]?شر(?:ت)?\s(?:هذ[اه]\s(?:المقالة?|النص)\s)?(?:أولا[ً]?|أول\sمرة|لأول\sمرة|في\sالأصل|أصلا[ً]?)\s(?:في|على|من\sقبل|لدى)",
    r"اصل\s(?:ماخذ|ذریعہ)\s?[:：]",
    r"پہلی\sبار\s",
    r"המקור\sהמקורי\s?:",
    r"(?:המאמר\s)?(?:פורסם|פורסמה|הופיע)\s(?:לראשונה|במקור)\s(?:באתר\s|ב-|על\sידי\s|ב)",
)

CREDIT_STEMS = (
    "origin", "first", "initial", "previously", "comes", "came", "cross", "syndicated", "re-p", "re-b", "republi",
    "reprint", "repost", "reprodu", "reblog", "erst", "zunächst", "ursprünglich", "genehmigung", "übernommen", "abord",
    "précédemment", "première", "prime", "previa", "inicial", "riprodott", "inizial", "prima", "primo", "ripubblicat",
    "oorspronkelijk", "eerder", "overgenomen", "herplaatst",
)  # fmt: skip
"""Without one of these, in lower case, a text in Latin letters has none of ``CREDITS``: they are found much faster."""

SOURCES: tuple[str, ...] = (
    r"(?:article\s)?sources?\s?:",
    r"quelle\s?:",
    r"fuente\s?:",
    r"fonte\s?:",
    r"bron\s?:",
    r"источник\s?:",
    r"джерело\s?:",
    r"(?:来源|來源|出处|出處)\s?[:：]",
    r"(?:出典|出所|引用元|ソース)\s?[:：]",
    r"المصدر\s?:",
    r"(?:ماخذ|ذریعہ)\s?:",
    r"ה?מקור\s?:",
)

CONTINUES: tuple[str, ...] = (
    r"(?:continue|keep)(?:\sreading)?\s(?:this\s\w+\s)?(?:at|on|in|over\sat)\b",
    (
        r"(?:click\s(?:here\s)?to\s)?(?:read|see|view)\s(?:more|the\s(?:rest|full|whole|original|entire)"
        r"(?:\s(?:article|story|post|piece|text|version|of\s\w+\s\w+))?)\s(?:at|on|in|from|here)\b(?:\s?:)?"
    ),
    r"(?:weiterlesen|lesen\ssie\sweiter|weiter|vollständiger\sartikel)\s(?:bei|auf|in|im)\b",
    r"(?:lire\sla\ssuite|continuer\sla\slecture|suite|lire\sl[’']article(?:\scomplet)?)\s(?:sur|dans|chez)\b",
    r"(?:(?:seguir|sigue|continuar|continúe)\sleyendo|leer\s(?:más|la\snota\scompleta|el\sartículo\scompleto))\sen\b",
    r"(?:continua\s(?:a\sleggere\s)?|leggi\s(?:tutto|il\sresto)\s)(?:su|in|nel|sul)\b",
    r"(?:continu(?:ar?|e)\s(?:a\sler|lendo)|ler?ia?\s(?:mais|na\síntegra))\s(?:em|no|na)\b",
    r"(?:lees\s(?:verder|meer)|verder\slezen)\s(?:op|bij|in)\b",
    r"(?:читат[ьи]\s(?:далее|полностью|далі|повністю)|продолжение|продовження)\s(?:на|в|у)\b",
    r"(?:阅读全文|閱讀全文|全文(?:见|見)|继续阅读|繼續閱讀)\s?[:：]?",
    r"(?:続きを読む|続きは|全文はこちら)\s?[:：]?",
    r"(?:اقرأ|تابع)\s(?:المزيد|القراءة|البقية)\s(?:في|على)",
    r"(?:מזید|باقی)\s(?:پڑھیں)\s?[:：]?",
    r"(?:להמשך\s(?:קריאה|הכתבה))\s?(?:ב|באתר|:)",
)

POSTS: tuple[tuple[str, str], ...] = (
    ("the post", r"(?:appeared\sfirst|first\sappeared)\son"),
    ("der beitrag", r"erschien\szuerst\sauf"),
    ("l[’']article", r"est\sapparu\sen\spremier\ssur"),
    ("la entrada", r"(?:se\spublicó\sprimero|apareció\sprimero)\sen"),
    ("l[’']articolo", r"(?:proviene\sda|è\sapparso\sper\sprimo\ssu|sembra\sessere\sil\sprimo\ssu)"),
    ("o post", r"apareceu\sprimeiro\sem"),
    ("het bericht", r"verscheen\seerst\sop"),
    ("(?:сообщение|запись)", r"(?:впервые\sпоявились|появил(?:ись|ась)\sсначала)\sна"),
    ("(?:сообщение|запис)", r"спочатку\sз[’']явився\sна"),
    ("投稿", r"は"),
)

# Words after which "©" or "Copyright" speaks of a picture, not of the text.
PICTURES = (
    r"(?:photo(?:graph)?s?|pictures?|images?|illustrations?|graphics?|video|thumbnail|header|cover|foto|bild|abbildung|"
    r"titelbild|grafik|image|crédits?|imagen|foto|fotografía|imagem|immagine|afbeelding|beeld|фото|иллюстрация|"
    r"ілюстрація|图片|圖片|图源|照片|写真|画像|صورة|الصورة|تصویر|צילום|תמונה)"
)

RESERVED = (
    r"(?:all\srights\sreserved|some\srights\sreserved|no\srights\sreserved|alle\srechte\svorbehalten|"
    r"tous\sdroits\sréservés|todos\slos\sderechos\sreservados|tutti\si\sdiritti\sriservati|"
    r"todos\sos\sdireitos\sreservados|alle\srechten\svoorbehouden|все\sправа\sзащищены|"
    r"(?:усі|всі)\sправа\sзахищен[іо]|版权所有|版權所有|保留所有权利|無断転載(?:を)?禁|すべての権利|"
    r"جميع\sالحقوق\sمحفوظة|جملہ\sحقوق\sمحفوظ|כל\sהזכויות\sשמורות)"
)

RESERVED_STEMS = ("reserved", "vorbehalten", "réservés", "reservados", "riservati", "voorbehouden")
"""The same for ``RESERVED``."""

DISCLAIMER_STEMS = ("views", "opini", "statements", "responsib", "meinung", "engagent")
"""The same for ``DISCLAIMERS``."""

DISCLAIMERS: tuple[str, ...] = (
    (
        r"the\s(?:views|opinions|statements)(?:\sand\s\w+)?\s(?:expressed|contained|stated)?[^.\n]{0,80}?\b"
        r"(?:are|do|represent)\b"
    ),
    r"the\sauthors?\s(?:alone\s)?(?:is|are)\s(?:alone\s|solely\s)?responsible\sfor",
    r"the\scontents?\sof\sthis\s\w+\s(?:is|are)\s(?:of\s)?(?:the\s)?sole\sresponsibility",
    r"(?:dieser?s?\s\w+\sgibt|der\s\w+\sgibt|die)\s(?:ausschließlich\s)?(?:hier\sgeäußerte\s)?(?:die\s)?meinung\sdes",
    r"les\s(?:opinions|propos|points\sde\svue)\s(?:exprimée?s|émis)[^.\n]{0,60}?\bn[’']engagent",
    r"las\sopiniones\s(?:expresadas|vertidas)[^.\n]{0,60}?\bson\b",
    r"le\sopinioni\sespresse[^.\n]{0,60}?\bsono\b",
    r"as\sopiniões\sexpress[^.\n]{0,60}?\bsão\b",
    r"мнение\s(?:автора|редакции)\s[^.\n]{0,40}?(?:не\sсовпада|совпада)",
)

TERMS_PAGE = re.compile(
    r"\b(?:re-?publi(?:sh|cation|shing)\w*|re-?print\w*|cross-?post\w*|steal our|syndicat\w+|licen[cs]ing|"
    r"re-?use (?:our|of)|copyright (?:policy|notice|and)|permissions?|"
    r"nachdruck\w*|weiterverwendung|nutzungsrechte|lizenz\w*|"
    r"republier|republication|reproduction|droits d['’]auteur|republicar|republicaci[oó]n|reproducci[oó]n)\b",
    re.IGNORECASE,
)
"""How the links at the foot of a site name its page of terms."""
