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
        ("<ul><li>a<li>b</ul><ol><li>c<li>d</ol>", "- a\n- b\n1. c\n2. d"),
        ("<table><tr><td><p>INV-1</p></td><td><p>12.00</p></td></tr></table>", "INV-1 12.00"),
        ("<a href='https://x.example/p'>our portal</a>", "our portal"),
        ("<div style='position:absolute;left:-9999px'>no</div>yes", "yes"),
        ("<div style='text-indent:-9999px'>no</div>yes", "yes"),
        ("<div style='width:0;height:0;overflow:hidden'>no</div>yes", "yes"),
        ("<div style='max-height:0'>no</div><p style='opacity:0'>no</p>yes", "yes"),
        ("<div style='background:#eee'><i style='color:#eeeeee'>no</i>yes</div>", "yes"),
        ("<p style='color:black;background-color:#000'>no</p>yes", "yes"),
        ("<body bgcolor='white'><font color='#fefefe'>no</font>yes</body>", "yes"),
        ("<i style='color:rgba(9,9,9,0)'>no</i><i style='mso-hide:all'>no</i>yes", "yes"),
        ("<td style='color:#fff'>no<i style='color:#000'>yes</i></td>", "yes"),
        ("<p style='color:white;background:url(x.png)'>yes</p>", "yes"),
        ("<p style='font-size:1em;opacity:0.9;line-height:0'>yes</p>", "yes"),
        ("<style>.x{display:none} #y{font-size:0}</style><p class='a x'>no</p><p id='y'>no</p>yes", "yes"),
        ("<style>@media (max-width:600px){.x{display:none}}</style><p class='x'>yes</p>", "yes"),
        ("5 &lt; 6 &amp; &#128512;", "5 < 6 & \U0001f600"),
        ("<!-- secret -->", ""),
    ],
)
def test_html_reads_as_a_person_sees_it(markup, text):
    assert read_markup(markup) == text


def test_text_below_the_depth_that_the_parser_reads_is_not_lost():
    assert read_markup("<div>" * 3000 + "pay now") == "pay now"
