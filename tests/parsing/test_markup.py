from __future__ import annotations

import pytest

from csr_bot.core.parsing.markup import read_markup


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        ("<p>Hello <b>there</b></p><p>Bye</p>", "Hello there\n\nBye"),
        ("a<br>b<div>c</div>d", "a\nb\nc\nd"),
        ("<table><tr><td>INV-1</td><td>12.00</td></tr><tr><td>x</td></tr></table>", "INV-1 12.00\nx"),
        ("<head><style>p{}</style><title>t</title></head><p>seen</p><script>no()</script>", "seen"),
        ("seen<span style='display: none'>hidden</span> too", "seen too"),
        ("<div style='visibility:hidden'>no</div><p hidden>no</p>yes", "yes"),
        ("<span style='font-size:0px'>no</span>yes", "yes"),
        ("<td style='font-size:0px'><div style='font-size:13px'>yes</div></td>", "yes"),
        ("<span style='color:#ffffff'>no</span><font color='white'>no</font>yes", "yes"),
        ("<td bgcolor='#003366'><span style='color:#fff'>Pay now</span></td>", "Pay now"),
        ("new<blockquote>old<blockquote>older</blockquote></blockquote>", "new\n> old\n> > older"),
        ("<pre>a\nb</pre>", "a\nb"),
        ("5 &lt; 6 &amp; &#128512;", "5 < 6 & \U0001f600"),
        ("<!-- secret -->", ""),
    ],
)
def test_html_reads_as_a_person_sees_it(markup, text):
    assert read_markup(markup) == text


def test_text_below_the_depth_that_the_parser_reads_is_not_lost():
    assert read_markup("<div>" * 3000 + "pay now") == "pay now"
