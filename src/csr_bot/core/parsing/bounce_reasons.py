"""Why a mail could not be delivered, in a word: from what the far server said, then from the status code.

The words are those that bounce readers commonly use (``userunknown``, ``mailboxfull``, ``expired`` …), so that figures
compare. Servers use codes loosely: where text and code disagree, the text is the better witness. (RFC 3463, RFC 7372)
"""

from __future__ import annotations

import re
from typing import Final

USER_UNKNOWN: Final = "userunknown"
PERMANENT: Final = frozenset({USER_UNKNOWN, "hostunknown", "hasmoved", "notaccept"})
"""The address itself leads nowhere. All other reasons can pass or can be mended by somebody."""

_UNKNOWN_USER: Final = (
    r"(?:user|recipient|mailbox|address(?:ee)?|account)(?:\s+\S+)?\s+(?:(?:is|was)\s+)?(?:unknown|not\s+(?:found|exist|known|listed)|"
    r"(?:doe?s?|did)\s?n.?o?t\s+exist|invalid|unavailable)|"
    r"(?:unknown|no\s+such|invalid|non-?existent|bad)\s+(?:[\w-]+\s+)?(?:user|recipient|mailbox|address|account|destination|local)|"
    r"not\s+(?:a\s+|our\s+)?(?:known|valid|registered)\s+(?:[\w-]+\s+)?(?:user|recipient|mailbox|customer)|no\s+mailbox\s+(?:here|by)|"
    r"user\s+\S*\s*not\s+listed|does\s?n.t\s+have\s+an?\s+\S+\s+account|no\s+valid\s+recipients?|account\s+that\s+you\s+tried\s+to\s+reach\s+does\s+not|"
    r"recipient\s+(?:address\s+)?rejected(?!.{0,40}(?:full|grey|gray|policy|blocked|spf|spam|rate|quota))|unknown\s+or\s+illegal\s+alias|destination\s+addresses?\s+were\s+unknown|"
    r"(?:rejected|undeliverable)\s+address|destinat\w+\s+(?:user|mailbox)\s+(?:is\s+)?unknown|person\s+(?:is\s+)?not|\bnot\s+exist\b"
)
# In this order: the first that matches says why.
_TEXTS: Final = tuple(
    (reason, re.compile(pattern, re.IGNORECASE))
    for reason, pattern in (
        ("hasmoved", r"has\s+moved|no\s+longer\s+(?:uses?|at)\s+this\s+address|has\s+been\s+replaced\s+by|new\s+address\s+is"),
        ("notaccept", r"null\s+mx|no\s+smtp\s+service|(?:host|domain|server|system)\s+(?:\S+\s+)?(?:does|do)\s+(?:not|n.t)\s+(?:accept|receive)|does\s+not\s+accept\s+(?:e-?)?mail|not\s+accepting\s+mail|smtp\s+protocol\s+returned\s+a\s+permanent|no\s+mail\s+(?:is\s+)?accepted"),
        ("mailboxfull", r"(?:mailbox|mail\s?box|quota|inbox|mailfolder|folder|account|maildir|user|storage)\b.{0,40}\b(?:is\s+|at\s+or\s+)?(?:full|exceed|over)|over\s*quota|quota\s+(?:exceed|violation)|out\s+of\s+storage|(?:not\s+enough|insufficient)\s+(?:disk\s+|storage\s+)?space|too\s+much\s+mail|may\s+not\s+have\s+enough|exceed\w*\s+(?:\S+\s+){0,3}(?:quota|storage|allocation)|disk\s+(?:space|quota)"),
        ("suspend", r"(?:account|mailbox|user|recipient|domain)(?:\S|\s){0,40}(?:disabled|suspended|deactivated|inactive|locked|frozen|discontinued|expired|not\s+active)|inactive\s+(?:user|account|mailbox)|temporarily\s+locked|(?:suspended|disabled|unsubscribed)\s+(?:user|account|mailbox)"),
        ("virusdetected", r"virus|infected|malware"),
        ("authfailure", r"\bdmarc\b|\bdkim\b|\bspf\b|unauthenticated\s+(?:mail|e-?mail)|sender\s+policy|sender\s+id|not\s+pass\w*\s+auth|5\.7\.26"),
        ("requireptr", r"reverse\s+(?:dns|hostname|lookup)|\bptr\b|rdns|cannot\s+find\s+your\s+(?:hostname|reverse)|unresolvable\s+(?:client|relay\s+host)|client\s+host\s+rejected:\s+cannot\s+find|no\s+matches\s+to\s+nameserver"),
        ("badreputation", r"reputation"),
        ("spamdetected", r"\bspam\b(?!haus|cop)|junk\s+mail|unsolicited|looks\s+like\s+spam|bulk\s+mail|content\s+(?:filter|rejected)|message\s+content"),
        ("blocked", r"my\s+name\s+was\s+rejected|part\s+of\s+their\s+network|host\s+network\s+not\s+allowed|block(?:ed|ing|list)|black\s?list|\brbl\b|dnsbl|spamhaus|spamcop|sorbs|access\s+denied.{0,60}(?:ip|host|client)|denied\s+by|banned|\bip\s+(?:address\s+)?(?:\S+\s+)?(?:is\s+)?(?:not\s+allowed|rejected|listed)|client\s+host\s+.{0,60}rejected|connection\s+(?:refused|dropped|reset)\s+by|helo|ehlo|bad\s+sender\s+ip|temporarily\s+deferred|dynamic\s+(?:ip|host)|generic\s+(?:ip|host)"),
        ("toomanyconn", r"too\s+many\s+(?:concurrent\s+)?(?:connections|sessions|sess)|connection\s+limit|concurrent"),
        ("speeding", r"rate\s*limit|too\s+(?:many|fast)\s+(?:messages|mails|recipients\s+this|requests)|throttl|sending\s+too"),
        ("norelaying", r"relay(?:ing)?\s+(?:is\s+)?(?:not\s+(?:permitted|allowed)|denied|access|prohibited)|(?:not|unable\s+to|won.t)\s+relay|relaying\s+denied|no\s+relaying|not\s+a\s+gateway|rcpthosts"),
        ("mesgtoobig", r"(?:message|mail|size)\b.{0,60}\b(?:too\s+(?:large|big|long)|exceed|larger)|too\s+(?:large|big)|maximum\s+(?:message\s+)?size|size\s+limit|exceeds\s+(?:the\s+)?(?:fixed\s+)?(?:maximum|limit)"),
        ("rejected", r"(?:sender|from|return)[\s\w<>.@:-]{0,60}(?:address\s+)?(?:rejected|refused|invalid|does\s+not\s+exist|not\s+exist|is\s+not\s+(?:valid|allowed))|domain\s+of\s+sender|sender\s+(?:verify|domain)|(?:does\s+not\s+have|may\s+not\s+have|no)\s+permission\s+to\s+(?:post|send)|not\s+(?:authorized|allowed)\s+to\s+(?:post|send)|you\s+(?:are|do)\s+not\s+.{0,40}(?:post|group)|envelope\s+sender|domain\s+is\s+invalid"),
        ("policyviolation", r"polic(?:y|ies)|prohibited|not\s+(?:permitted|allowed)\s+(?:by|for)|delivery\s+not\s+authorized|greylist"),
        ("securityerror", r"\btls\b|encryption|authentication\s+(?:required|failed|needed)|must\s+(?:issue\s+a\s+)?starttls|executable|insecure|security"),
        ("contenterror", r"\bmime\b|header\s+(?:error|field)|8-?bit|\bcharset|malformed\s+(?:message|header)|bare\s+lf|line\s+too\s+long|from.{0,10}header.{0,20}(?:missing|multiple)"),
        ("networkerror", r"host\s+not\s+found,\s+try\s+again"),
        ("hostunknown", r"(?:host|domain|server)(?:\s+name|name)?(?:\s+\S+)?\s+(?:is\s+)?(?:unknown|not\s+(?:found|exist|reachable)|doe?s?\s?n.?o?t\s+exist|invalid|cannot\s+be\s+(?:found|reached))|(?:unknown|no\s+such|invalid|unrouteable|unroutable)\s+(?:host|domain|mail\s+domain|address\s+domain)|unrouteable\s+(?:mail\s+)?(?:domain|address)|host\s+or\s+domain\s+name\s+not\s+found|domain\s+does\s+not|domain\s+is\s+not\s+reachable|nxdomain|couldn.t\s+find\s+any\s+host"),
        ("mailererror", r"command\s+(?:output|failed|died)|pipe\s+to|procmail|mailer\s+error|local\s+delivery\s+agent|exit(?:ed)?\s+(?:status|with|code)|signal\s+\d|x-unix"),
        (USER_UNKNOWN, _UNKNOWN_USER),
        ("networkerror", r"name\s+service\s+error|mail\s+loop|loop(?:s|ing)?\s+back|too\s+many\s+hops|hop\s+count|routing\s+(?:loop|error)|dns\s+(?:error|lookup|server)|malformed\s+or\s+unexpected|network\s+(?:error|is\s+unreachable)|no\s+route|lost\s+connection|connection\s+lost"),
        ("expired", r"expired|timed?\s*[\s-]?out|retry\s+(?:time|timeout)|could\s+not\s+be\s+delivered\s+for|delivery\s+(?:attempts|time)|(?:has|have)\s+been\s+(?:in\s+the\s+queue|delayed)|giving\s+up|connection\s+(?:refused|timed)|will\s+(?:keep|continue)\s+(?:trying|to\s+try)|too\s+old|not\s+been\s+delivered|host\s+(?:is\s+)?(?:down|unreachable)|unable\s+to\s+(?:connect|contact)|couldn.t\s+(?:connect|establish)|cannot\s+connect|not\s+responding|unreachable|not\s+reachable|failing\s+for|socket\s+error|not\s+accept\s+our\s+requests|(?:in|for)\s+\d+\s+(?:hours|days)|deferred"),
        ("systemerror", r"system\s+(?:error|config|resources)|server\s+(?:error|config)|configuration\s+error|local\s+(?:error|config|problem|mailbox)|internal\s+error|temporary\s+(?:error|failure|local)|database|lookup\s+failure|can.t\s+(?:create|open|write)|loop\s+(?:detect|alert)|alias|crash"),
        ("syntaxerror", r"syntax|malformed\s+address|incorrectly\s+constructed|command\s+(?:not\s+|un)(?:recogni|implement)|unrecognized\s+command|bad\s+sequence|protocol\s+error"),
        ("onhold", r"on\s?hold|held\s+for|awaiting"),
    )
)  # fmt: skip
_CODES: Final = {
    "1.0": USER_UNKNOWN, "1.1": USER_UNKNOWN, "1.2": "hostunknown", "1.3": USER_UNKNOWN, "1.4": USER_UNKNOWN, "1.6": "hasmoved",
    "1.7": "rejected", "1.8": "rejected", "1.9": "norelaying", "1.10": USER_UNKNOWN, "1.351": USER_UNKNOWN, "2.0": "filtered",
    "2.1": "suspend", "2.2": "mailboxfull", "2.3": "mesgtoobig", "2.4": "filtered", "3.0": "systemerror", "3.1": "systemfull",
    "3.2": "notaccept", "3.3": "systemerror", "3.4": "mesgtoobig", "3.5": "systemerror", "4.0": "networkerror",
    "4.1": "expired", "4.2": "networkerror", "4.3": "systemerror", "4.4": "hostunknown", "4.5": "expired",
    "4.6": "networkerror", "4.7": "expired", "5.1": "syntaxerror", "5.2": "syntaxerror", "5.3": "toomanyconn",
    "5.4": "syntaxerror", "6.0": "contenterror", "6.1": "contenterror", "6.2": "contenterror", "6.3": "contenterror",
    "6.7": "contenterror", "7.1": "blocked", "7.4": "securityerror", "7.5": "securityerror", "7.8": "securityerror",
    "7.9": "securityerror", "7.13": "suspend", "7.20": "authfailure", "7.21": "authfailure", "7.22": "authfailure",
    "7.23": "authfailure", "7.24": "authfailure", "7.25": "requireptr", "7.26": "authfailure", "7.27": "notaccept",
    "7.28": "speeding", "7.29": "authfailure", "7.509": "authfailure", "7.0": "policyviolation",
}  # fmt: skip
# What only one part of servers means by it: their words come first.
_CERTAIN_CODES: Final = frozenset({"2.2", "1.6", "7.25", "7.26", "3.2", "7.13", "1.2", "1.351"})
_AFTER_DATA: Final = re.compile(
    r"(?:reply\s+to\s+(?:the\s+)?(?:end\s+of\s+)?DATA|>>>\s*(?:\.|DATA)|after\s+(?:end\s+of\s+data|data\s+command)|SMTP\s+command\s*\n+\s*DATA\b)",
    re.IGNORECASE,
)
# The server refused the sender, before it heard of any recipient.
_BEFORE_RECIPIENT: Final = re.compile(
    r"(?:after|reply\s+to)\s+(?:the\s+)?(?:MAIL(?:\s+FROM)?|HELO|EHLO)\b|>>>\s*(?:MAIL\s+FROM|HELO|EHLO)|my\s+name\s+was\s+rejected",
    re.IGNORECASE,
)


def find_reason(status: str | None, *, said: str, around: str) -> str:
    """Why a mail came back; ``said`` is what the far server said, ``around`` the whole report. "undefined" if unsaid."""
    code = status.partition(".")[2] if status else ""
    if status and status.startswith("5") and code in _CERTAIN_CODES:
        return _CODES[code]
    reason = _read_words(said) or ("" if said else _read_words(around)) or _CODES.get(code, "") or _read_words(around)
    if reason == USER_UNKNOWN and not code.startswith("1.") and _AFTER_DATA.search(around) and "have a" not in said:
        # The server took the address and then refused the letter: a filter that says what it likes.
        return "filtered"
    if reason in PERMANENT and _BEFORE_RECIPIENT.search(around):
        return "rejected"
    return reason or "undefined"


def _read_words(text: str) -> str:
    return next((reason for reason, pattern in _TEXTS if pattern.search(text)), "")
