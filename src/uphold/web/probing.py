# SPDX-License-Identifier: Apache-2.0
"""What attempts at injection and probing look like. Pure: a text goes in, names of classes come out.

It is a sign for rules to count, never a reason to refuse: a person who writes about SQL, or whose name has an
apostrophe, is served like anybody. So it looks for the shape of an attempt (a quote that is closed and followed by
a condition that is always true) and not for words. It does not see everything, and need not: nothing here is what
keeps an injection out. What it finds in a fixed set of attempts and of ordinary texts: docs/design/detection.md.

A text is looked at in its first `MOST` characters, decoded as often as attackers encode; each pattern is linear.
"""

import html
import re
import unicodedata
from enum import StrEnum

MOST = 4096
"""So many characters of a text are looked at."""


class Class(StrEnum):
    """What an attempt is at."""

    SQL = "sql"
    SCRIPT = "script"
    PATH = "path"
    COMMAND = "command"
    TEMPLATE = "template"
    LOG = "log"
    HEADER = "header"
    SCANNER = "scanner"


class Where(StrEnum):
    """Where a text stood."""

    FORM = "form"
    QUERY = "query"
    PATH = "path"
    HEADER = "header"


def _any(*patterns: str) -> re.Pattern[str]:
    return re.compile("|".join(f"(?:{one})" for one in patterns))


# A value that is closed early: by a quote, or by a number that stands for all of it.
_BREAK = r"(?:['\"`]\)*|^\s{0,5}-?\d{1,20}\)*|^\s{0,5}[a-z_]{0,20}\))"
_SLEEP = (
    r"(?:sleep|pg_sleep|benchmark|randomblob|extractvalue|updatexml|load_file|dbms_\w{1,30}\.\w{1,30}|utl_\w{1,20}\.\w{1,30}"
    r"|ascii|substr|substring|char|chr|hex|length|count|database|version|user|if|ifnull|exp|row|make_set|elt)"
)
_TRUE = r"(?P<q>['\"`]?)(?P<x>[\w.]{1,20})(?P=q)\s{0,3}(?:=|<=>|like|rlike|regexp|is)\s{0,3}['\"`]?(?P=x)\b"
_LESS = r"['\"]?\d{1,10}['\"]?\s{0,3}(?:[<>=!]{1,3}|between|in\s?\()\s{0,3}['\"]?\d{1,10}"
_CALL = rf"\(?\s?(?:select\s.{{0,40}})?{_SLEEP}\s?\("
_QUERY = r"\(?\s?(?:select|exists|case\s+when|not\s+exists)\b\s?\(?.{0,60}"
_WORD = r"['\"]?\w{1,20}['\"]?\s{0,3}(?:=|like)\s{0,3}['\"]\w{0,20}"
_EMPTY = r"(?:''|\"\")\s{0,3}=\s{0,3}['\"]"
_ENDS = r"(?:true|false|not\s+false|\d{1,5})\s{0,3}(?:--|#|;|$|/\*)"
_AND = r"(?:or|and|xor|\|\||&&|div|like|rlike|regexp|having|where)"
_STACKED = (
    r"(?:drop\s+(?:table|database|user)|insert\s+into|update\s+\w{1,40}\s+set|delete\s+from|alter\s+(?:table|user)"
    r"|create\s+(?:table|user|function)|exec(?:ute)?[\s(]|shutdown|truncate\s|declare\s+@|waitfor\s+delay|grant\s"
    r"|select\s|copy\s|call\s|set\s+@|begin\s|if\s?\()"
)
_SQL = _any(
    rf"{_BREAK}\s{{0,5}}{_AND}[\s(!~+-]{{0,5}}(?:not\s+)?(?:{_TRUE}|{_LESS}|{_CALL}|{_QUERY}|{_WORD}|{_EMPTY}|{_ENDS})",
    rf"{_BREAK}\s{{0,5}};\s{{0,5}}{_STACKED}",
    rf"{_BREAK}\s{{0,5}}(?:and\s.{{0,20}}\s)?union\s{{0,3}}(?:all\s|distinct\s)?\s{{0,3}}\(?select\b",
    rf"{_BREAK}\s{{0,5}}(?:order|group)\s+by\s+\d{{1,4}}\b\s{{0,3}}(?:--|#|,|$)",
    rf"{_BREAK}\s{{0,5}}(?:into\s+(?:out|dump)file|limit\s+\d|procedure\s+analyse|returning\s)",
    rf"{_BREAK}\s{{0,5}}(?:\|\||\+|,|-|\*|=|<|>)\s{{0,5}}(?:{_CALL}|\(\s?select\b)",
    r"^[a-z0-9@.+_-]{0,40}['\"]\)*\s{0,3}(?:--[\s+-]{0,5}|#|/\*|;\s{0,3}--\s{0,3}|;?\x00)$",
    r"^\s{0,5}\(?\s?(?:select\s+(?:sleep|pg_sleep|benchmark)\s?\(|if\s?\(\s?\d+\s?=\s?\d+\s?,\s?sleep)",
    r"(?:^|['\";,(]\s?)(?:xp_cmdshell|exec\s+(?:master|sp_|xp_)\w{0,20})",
)

_HANDLER = r"on[a-z]{3,24}\s{0,3}=\s{0,3}\S"
_SCRIPT = _any(
    r"<\s{0,3}script[^<>]{0,200}\b(?:src|href|xlink:href)\s{0,3}=\s{0,3}\S",
    r"<\s{0,3}script[^<>]{0,200}>\s{0,20}(?:[\w$.\[\]'\"/!;+-]{1,80}[(=`\[]|//|/\*|<!--)",
    r"<\s{0,3}script[^<>]{0,200}>[^<>]{0,300}[(=`][^<>]{0,300}<\s{0,3}/\s{0,3}script",
    rf"<\s{{0,3}}[a-z!?/][a-z0-9:!-]{{0,30}}[\s/\"'][^<>]{{0,300}}?\b{_HANDLER}",
    rf"<\s{{0,3}}[a-z][a-z0-9]{{0,20}}\s+{_HANDLER}",
    r"(?:javascript|vbscript|livescript)\s{0,5}:\s{0,5}(?:[\w$.]{1,60}\s{0,3}[(=`]|//|/\*|['\"\\%&(])",
    r"data\s{0,3}:\s{0,3}(?:text/html|image/svg\+xml|application/x-javascript)[;,]",
    r"<\s{0,3}(?:iframe|frame|embed|object|applet|portal)\b[^<>]{0,200}\b(?:src|srcdoc|data|code)\s{0,3}=",
    r"<\s{0,3}(?:meta|base|link|form|button|input|isindex|math|use|animate|set)\b[^<>]{0,200}"
    r"(?:javascript|data|vbscript)\s{0,3}:",
    r"<\s{0,3}meta\b[^<>]{0,80}http-equiv\s{0,3}=\s{0,3}['\"]?(?:refresh|set-cookie)",
    rf"['\"`]\s{{0,3}}/?>?\s{{0,3}}(?:autofocus\s|style=\S{{1,40}}\s)?{_HANDLER}",
    r"['\"]\s{0,3}/?>\s{0,3}<\s{0,3}(?:script|svg|iframe|body|marquee|details|object|embed|style|base|meta)\b",
    r"['\"`]\s{0,3}[;)\]}+,-]{1,3}\s{0,3}(?:alert|confirm|prompt|eval|fetch|import)\s{0,3}[(`]",
    r"(?:expression|behavior|-moz-binding)\s{0,3}[(:]\s{0,3}(?:alert|url|document|window|javascript)",
    r"(?:fetch|location|eval|import|src|href|new image\(\)\.src)\s{0,3}[(=].{0,80}document\.cookie",
    r"^\s{0,5}(?:alert|confirm|prompt|eval)\s{0,3}[(`].{0,60}[)`]\s{0,3};?$",
    r"<!\[cdata\[.{0,60}<|<!doctype[^>]{0,80}\[\s{0,5}<!entity|<!entity\s+%?\s?\w{1,20}\s+(?:system|public)",
)

_TARGET = (
    r"(?:etc[/\\]|passwd|shadow|windows|win\.ini|boot\.ini|system32|proc[/\\]|wp-config|\.env|\.ssh|\.git|\.ht"
    r"|var[/\\]|usr[/\\]|web-inf|id_rsa|keys?[/\\]|uphold\.toml|\x00)"
)
_UP = r"(?:\.{2,4};?[/\\]{1,4})"
_PATH = _any(
    rf"{_UP}[^\s]{{0,120}}{_TARGET}",
    rf"^[^\s]{{0,60}}(?:{_UP}){{3,}}[^\s]{{0,120}}$",
    rf"(?:=|/)(?:{_UP}){{2,}}[^\s]{{0,120}}$",
    r"^\s{0,3}(?:file:/{0,3})?[/\\]{1,3}(?:etc|proc)[/\\]{1,2}(?:passwd|shadow|group|hosts|issue|self|version|environ|cmdline)",
    r"^\s{0,3}(?:file:/{0,3})?[a-z]:[/\\]{1,3}(?:windows|winnt|boot\.ini|inetpub|users)",
    r"^\s{0,3}(?:php|phar|expect|zip|glob|ogg|zlib|compress\.\w{1,10}|dict|gopher|ldap|jar|netdoc|tftp)://",
    r"^\s{0,3}file:/{1,3}(?:etc|c:|proc|var|home|root|localhost)",
    r"^\s{0,3}https?://(?:169\.254\.169\.254|metadata\.google|\[?::1\]?|0x7f|2130706433|127\.\d|localhost)[^\s]{0,200}$",
    r"^[^\s]{0,80}\.(?:jpe?g|png|gif|pdf|txt)\x00|^[^\s]{0,80}\x00\.(?:jpe?g|png|gif|pdf|html?)",
)

_DO = (
    r"(?:cat\s+[/.~$*]|cat\s+\S{0,20}passwd|ls(?:\s+[-/]|\s{0,3}$)|id(?:\s{0,3}$|\s{0,3}[;|&)`])|whoami|uname(?:\s+-|\s{0,3}$)"
    r"|ping\s+-[nc]|ping\s+\d|nslookup\s|dig\s+\S|host\s+\S+\.\S|curl\s+(?:-|\S{1,10}://|\S+\.\S+/)|wget\s+(?:-|\S{1,10}://|\S+\.\S+/)"
    r"|nc\s+(?:-|\S+\s+\d)|ncat\s|(?:ba|z|k|c)?sh\s+-[ci]|powershell(?:\.exe)?\s|cmd(?:\.exe)?\s+/[ck]|sleep\s+\d{1,4}"
    r"|rm\s+-|echo\s+\S{1,60}(?:\s{0,3}[>|;&)`]|\s{0,3}$)|python\d?\s+-c|perl\s+-e|php\s+-r|ruby\s+-e|ifconfig|ipconfig|ip\s+a"
    r"|net\s+user|dir(?:\s+[a-z/]|\s{0,3}$)|type\s+[a-z]:|chmod\s|chown\s|printenv|env\s{0,3}$|touch\s+/|mkfifo\s|base64\s+-|xxd\s|ps\s+-?aux|netstat\s|timeout\s+/?t?\s?\d)"
)
_PREFIX = r"^[^\s;|&`$]{0,60}\s{0,3}"
_COMMAND = _any(
    rf"{_PREFIX}(?:[;|&\n`]{{1,3}}|\$\(|<\(|>\()\s{{0,5}}(?:/(?:usr/)?s?bin/)?{_DO}",
    r"\$\{?ifs\b",
    r"[;|&`(]\s{0,5}(?:/(?:usr/)?bin/)?(?:cat|tac|head|tail|less|more|nl|od)\s+/etc/(?:passwd|shadow)",
    r"[;|&`(]\s{0,5}/(?:usr/)?s?bin/(?:ba|da|z)?sh\b|/dev/tcp/\d|[;|&]\s{0,3}/\?\?\?/|\(\)\s{0,3}\{\s{0,3}:;?\s{0,3}\}\s{0,3};",
    r"\$\(\s{0,3}(?:id|whoami|hostname|uname|curl\s|wget\s|nslookup\s|sleep\s+\d|cat\s+/)[^)]{0,80}\)",
    r"`\s{0,3}(?:id|whoami|hostname|sleep\s+\d{1,4}|nslookup\s[^`]{1,60}|curl\s[^`]{1,60})\s{0,3}`",
    r"^\s{0,3}(?:system|exec|passthru|shell_exec|popen|os\.system|eval|assert|phpinfo)\s?\(\s?['\"$\w]{0,40}.{0,60}\)\s{0,3};?$",
    r"<\?(?:php|=)\s{0,5}[\w$@/]|__import__\s?\(|os\.(?:system|popen)\s?\(\s?['\"]|process\.mainmodule|runtime\.getruntime\(\)",
    r"^o:\d{1,4}:\"[\w\\]{1,60}\":\d{1,4}:\{|^(?:ro0ab|aced0005)|\(\w{1,20}=\*\)\)?\(|^\*\)\(|\)\(\|?\(\w{1,20}=\*",
)

_TEMPLATE = _any(
    r"\{\{[^{}]{0,80}(?:\d\s?[*+-]\s?['\"]?\d|__|\bconfig\b|\bself\b|\brequest\b|constructor|cycler|lipsum|joiner|\.class\b|_self|\bdump\(|\|\s?(?:attr|safe|system|map|filter)|\$on|\beval\()",
    r"\$\{\{?[^{}]{0,80}(?:\d\s?[*+-]\s?\d|\bt\(|java\.|runtime|script|class\b|@\w|process\.|request\.|#\w|freemarker|product\.)",
    r"<%=?\s{0,5}(?:\d{1,6}\s?[*+-]\s?\d|system|exec|`|file\.|import|io\.|dir\.|puts|global|self|require|out\.)",
    r"#\{\s{0,5}(?:\d{1,6}\s?[*+-]\s?\d|system|exec|`|%x|file\.|io\.|kernel|global|\w{1,20}\.class|t\()",
    r"[*~@]\{[^{}]{0,40}(?:t\(|\d\s?[*+-]\s?\d)|__\$\{|@\(\s?\d{1,6}\s?[*+]\s?\d|\[\[\$\{|\[#assign|<#assign|\$\$\{\{",
    r"\{%-?\s{0,5}(?:import|include|debug|set|for|if|raw|load|extends|macro|call)\b[^%]{0,100}%\}|\{php\}|\{if\s[^{}]{0,40}\}\{|\{\$smarty",
    r"\[%\s?\d{1,6}\s?[*+]\s?\d|\{\d{1,6}\*\d{1,6}\}|%\{\s?\(?[#@]\w",
    r"__proto__|constructor\s?\[\s?['\"]prototype|constructor\.prototype",
)

_LOG = _any(
    r"\$\{(?:[^{}]{0,20}\$\{|jndi|env:|sys:|lower:|upper:|ctx:|date:|main:|::-|base64:|java:|web:|log4j|bundle:)",
    r"\x1b[\[\]()pc]|\x9b|[\u202d\u202e]|\x08{2,}",
)
# Behind a line break that was encoded, as a browser never sends one.
_LINES = re.compile(
    r"[\r\n\u2028\u2029\x85]\s{0,3}(?:\[?(?:info|error|warn(?:ing)?|debug|critical|notice)\]?[\s:]"
    r"|\{\"|\d{4}-\d\d-\d\d[t ]\d\d:\d\d|\d{1,3}(?:\.\d{1,3}){3} - |\w{3} \d\d \d\d:\d\d:\d\d |user \w{1,30} logged)"
)
_NAMES = (
    r"(?:set-cookie|location|content-type|content-length|content-disposition|host|bcc|cc|to|from|subject|refresh"
    r"|x-[a-z-]{2,40}|transfer-encoding|access-control-[a-z-]{2,40}|link|mime-version|clear-site-data|reply-to)\s{0,3}:"
)
_HEADER = re.compile(rf"[\r\n\u560a\u560d\u2028]\s{{0,3}}(?:{_NAMES}|http/[12]\.\d|get /|post /)")
# These nobody copies into a letter.
_MAILED = re.compile(
    r"^[^\r\n]{1,120}[\r\n]{1,2}(?:bcc\s{0,3}:\s{0,3}\S{1,80}@|set-cookie\s{0,3}:|content-transfer-encoding\s{0,3}:)"
)

_TOOLS = re.compile(
    r"\b(?:sqlmap|nikto|nmap|masscan|nuclei|zgrab|wpscan|dirbuster|gobuster|ffuf|acunetix|nessus|openvas|burp ?suite"
    r"|wapiti|w3af|havij|hydra|feroxbuster|whatweb|arachni|jaeles|commix|xsser|zmeu|morfeus|netsparker|qualys"
    r"|owasp[ -]?zap|joomscan|dirsearch|libredtail|l9explore|l9tcpid|censysinspect|expanse|projectdiscovery)\b"
)
_PLACES = re.compile(
    r"\.(?:php\d?|aspx?|jspx?|cgi|pl|cfm|do|action|bak|old|orig|sql|swp|ini|log|tar|tgz|zip|7z|rar|dump|mdb|pem|ppk)(?:\.gz|~)?$"
    r"|/\.(?:env|git|svn|hg|aws|ssh|ds_store|htaccess|htpasswd|vscode|idea|docker|npmrc|bash_history|kube|config)"
    r"|^/(?:wp-|wordpress|phpmyadmin|pma|adminer|myadmin|cgi-bin|actuator|server-status|server-info|vendor/|solr|manager/html"
    r"|boaform|owa/|autodiscover|hnap1|_ignition|telescope|xmlrpc|jenkins|struts|geoserver|druid|nacos|api/jsonws|invoker"
    r"|admin(?:istrator)?(?:/|$)|backup|dump|config\.|web\.config|swagger|graphql|debug|console/css|remote/|sdk|evox|ecp/|cmd_|shell)"
)

_PATTERNS = (
    (Class.SQL, _SQL),
    (Class.SCRIPT, _SCRIPT),
    (Class.PATH, _PATH),
    (Class.COMMAND, _COMMAND),
    (Class.TEMPLATE, _TEMPLATE),
    (Class.LOG, _LOG),
    (Class.HEADER, _MAILED),
)

# Without any of these there is nothing to find: of most texts this is all that is asked. What is encoded is decoded
# before anybody can say what it is.
_ODD = re.compile(
    r"[\x00-\x08\x0b\x0e-\x1f\x7f-\x9f\u202d\u202e\u2024\u2025\u2215\u2216\u2028\u2029\u560a\u560d\uff01-\uff5e]"
    r"|%(?:[0-9a-f]{2}|u[0-9a-f]{4})|\\[ux][0-9a-f{]|&(?:#|lt|gt|quot|apos|lbrace|lpar|colon|tab|newline)"
    r"|<\s{0,3}(?:script|iframe|frame|embed|object|applet|portal|meta|base|link|form|button|input|isindex|math|use"
    r"|animate|set|svg|body|marquee|details|style|!|\?|%|#)|\bon[a-z]{3,24}\s{0,3}=|(?:script|data|file)\s{0,5}:"
    r"|['\"`]\)*\s{0,5}(?:[;#]\s{0,3}(?:[a-z]|--|$|\x00)|--|/[*>]|(?:\|\||[+,*<>=-])\s{0,5}\(|and\b|n?or\b|xor\b|not\b|\|\||&&|union"
    r"|order\s+by|group\s+by|having|r?like|regexp|div\b|where\b|into\s|limit\s|procedure|returning|[;)\]}+,-]{1,3}\s{0,3}[acepfi][a-z]{3,6}[(`])"
    r"|^\s{0,5}-?\d{1,20}\)*\s{0,5}(?:;|and\b|or\b|xor\b|\|\||&&|union|order\s|group\s|having|like|[+,*<>=-]\s{0,5}\()"
    r"|^\s{0,5}(?:[a-z_]{0,20}\)|\(?\s?(?:select|if)\b|(?:alert|confirm|prompt|eval|system|exec|passthru|shell_exec|popen|os\.|assert|phpinfo))"
    r"|\.\.;?[/\\]|^\s{0,3}[/\\]{1,3}(?:etc|proc)|^\s{0,3}[a-z]:[/\\]|^\s{0,3}(?!https?:)[a-z.]{2,14}:/|//(?:169\.|metadata|\[|0x|2130|127\.|localhost)|\?\?\?|/dev/tcp|/bin/"
    r"|^[^\s;|&`$]{0,60}\s{0,3}[;|&\n`]{1,3}\s{0,5}[a-z/]|[$<>]\(|\$\{|\{\{|[#*~@]\{|\{[%$?]|\{php|\{if|\[\[|\[%|\[#|\{\d|@\(|%\{|ifs\b"
    r"|`\s{0,3}(?:id|who|host|sle|nsl|cur)|__|xp_|\bexec\s|^o:\d|^ro0ab|^aced|\(\w{0,20}=?\*|^\*\)|expression|behavior|binding|document\."
    r"|constructor|jndi|process\.|runtime\.|/\*|[\r\n](?:bcc|set-cookie|content-transfer)\s{0,3}:",
    re.IGNORECASE,
)
_ENCODED = re.compile(r"%(?:u[0-9a-fA-F]{4}|[0-9a-fA-F]{2})")
_OVERLONG = re.compile(
    r"%(?:c0%af|c0%2f|c1%9c|c0%ae|c0%5c|e0%80%af|u2215|u2216|uff0e|u002e)", re.IGNORECASE
)
_OVERLONG_MEANS = {
    "%c0%ae": ".",
    "%uff0e": ".",
    "%u002e": ".",
    "%c1%9c": "\\",
    "%c0%5c": "\\",
    "%u2216": "\\",
}
_ESCAPED = re.compile(r"\\(?:u([0-9a-fA-F]{4})|u\{([0-9a-fA-F]{1,6})\}|x([0-9a-fA-F]{2}))")
_NARROWED = re.compile(r"[\u2024\u2025\u2215\u2216\uff01-\uff5e]")
# What MySQL carries out stays; what it passes over goes.
_CARRIED_OUT = re.compile(r"/\*!\d{0,6}(.{0,60}?)\*/", re.DOTALL)
_COMMENT = re.compile(r"/\*.{0,60}?\*/", re.DOTALL)
_BLANKS = re.compile(r"[\t\x0b\x0c\xa0 ]{1,200}")


def is_odd(text: str, where: Where) -> bool:
    """Tell at little cost whether a text is worth a closer look."""
    if where is Where.PATH and _PLACES.search(text.lower()):
        return True
    if where is Where.HEADER and _TOOLS.search(text.lower()):
        return True
    return _ODD.search(text, 0, MOST) is not None


def recognise(text: str, where: Where) -> frozenset[Class]:
    """Name what a text is an attempt at; nothing for nearly every text that a person writes."""
    plain, is_encoded = _decoded(text[:MOST])
    found = {
        name for name, pattern in _PATTERNS for one in _spellings(plain) if pattern.search(one)
    }
    if is_encoded or where is Where.HEADER:
        found |= {Class.LOG} if _LINES.search(plain) else set()
        found |= {Class.HEADER} if _HEADER.search(plain) else set()
    if (where is Where.PATH and _PLACES.search(plain)) or (
        where is Where.HEADER and _TOOLS.search(plain)
    ):
        found.add(Class.SCANNER)
    return frozenset(found)


def _decoded(text: str) -> tuple[str, bool]:
    """Undo what hides an attempt: escapes of URLs (twice), of pages and of programs, wide letters, capitals."""
    plain = text
    for _ in range(3):
        again = _unescaped(plain)
        if again == plain:
            break
        plain = again
    breaks = "\r\n\u2028\x85"
    is_encoded = any(plain.count(one) > text.count(one) for one in breaks) or "\u560a" in plain
    if _NARROWED.search(plain):
        plain = unicodedata.normalize("NFKC", plain)
    return plain.lower()[:MOST], is_encoded


def _unescaped(text: str) -> str:
    if "%" in text:
        text = _OVERLONG.sub(lambda found: _OVERLONG_MEANS.get(found[0].lower(), "/"), text)
        text = _ENCODED.sub("%", text) if text.count("%") > MOST // 3 else _percent(text)
    if "&" in text:
        text = html.unescape(text)
    return _ESCAPED.sub(_character, text) if "\\" in text else text


def _percent(text: str) -> str:
    """Decode escapes of URLs; bytes that are no UTF-8 become letters, so that nothing is lost."""
    text = re.sub(r"%u([0-9a-fA-F]{4})", lambda found: chr(int(found[1], 16)), text)

    def run(found: re.Match[str]) -> str:
        raw = bytes.fromhex(found[0].replace("%", ""))
        try:
            return raw.decode()
        except UnicodeDecodeError:
            return raw.decode("latin-1")

    return re.sub(r"(?:%[0-9a-fA-F]{2})+", run, text)


def _character(found: re.Match[str]) -> str:
    number = int(found[1] or found[2] or found[3], 16)
    return chr(number) if number < 0x110000 else ""


def _spellings(plain: str) -> tuple[str, ...]:
    """The text with its blanks made one; once more without comments and what splits words, where it has such."""
    one = _BLANKS.sub(" ", plain)
    found = [one]
    if "/*" in one:
        bare = _CARRIED_OUT.sub(r" \1 ", one)
        found += (_BLANKS.sub(" ", _COMMENT.sub(gap, bare)) for gap in (" ", ""))
    if "\n" in one or "\r" in one or "\x00" in one:
        found.append(_BLANKS.sub(" ", re.sub(r"[\r\n]", " ", one.replace("\x00", ""))))
    if re.search(r"[a-z](?:''|\"\"|\\|'[a-z]'|\"[a-z]\")[a-z]", one):
        found.append(re.sub(r"(?<=[a-z])['\"\\]{1,2}|['\"\\]{1,2}(?=[a-z])", "", one))
    return tuple(found)
