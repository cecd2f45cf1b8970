namespace CleanUsers.WebApi.Tests;

/// <summary>Values that have broken services before.</summary>
internal static class HostileValues
{
    /// <summary>No lone surrogates, because UTF-8 can't encode them: see <see cref="Json"/>.</summary>
    public static readonly string[] Texts =
    [
        "", " ", "\0", "a\0", "\u0001", "a\u001fb", "\t", "\r\n", "\u007f", "\u0085", "\u00a0", "\u200b", "\u200d", "\u202e", "\u2028", "\ufeff",
        "\uffff", "\ue000", "\U0010ffff",
        "0", "-0", "-1", "+1", "1", "01", "1.0", "1e3", "0x1", "1_000", "٣", "９", "NaN", "Infinity", "2147483648", "9223372036854775807",
        "9223372036854775808",
        "18446744073709551616", "99999999999999999999999999999999", "null", "undefined", "true", "TRUE", "[]", "{}", "()", "__proto__",
        "'", "\"", "\\", "`", "' OR 1=1 --", "'; DROP TABLE x; --", "%", "_", "[", "]", "*", "?", "%_%", "a%00b", "%s%n", "{0}", "{{7*7}}", "${7*7}",
        "<b>&amp;", "]]>",
        "../../etc/passwd", "..\\..\\x", "/", "//", ".", "..", "con", "file:///x", "http://x/", "\u00e9", "e\u0301", "é" + new string('\u0301', 300),
        "İ", "ı", "ß", "ẞ", "ς", "Σ", "ﬃ", "ǅ", "각", "가", "👩‍🚀", "🏴󠁧󠁢󠁥󠁮󠁧󠁿",
        "a@b", "a@", "@b", "a@b@c", "a@[127.0.0.1]", "\"a b\"@c", "a@1.2.3.4", "a@-b", "a@b..c", "a@xn--", "a@xn--a", "a@\u0130.example", "a..b@c",
        ".a@b", "a\r\nBcc: x@y",
        new string('a', 64) + "@" + HostileRequests.Domain, new string('a', 65) + "@" + HostileRequests.Domain,
        "a@" + string.Join('.', Enumerable.Repeat("b", 126)), "é@bücher.example",
        new string('a', 200), new string('a', 201), new string('a', 255), new string('a', 256), new string('é', 200),
        string.Concat(Enumerable.Repeat("👩", 200)), string.Concat(Enumerable.Repeat("a ", 100)),
        "2026-01-01T00:00:00Z", "2026-02-30T00:00:00Z", "0001-01-01T00:00:00Z", "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59.9999999-14:00",
        "2026-01-01T00:00:00." + new string('1', 300) + "Z", "2026-06-30T23:59:60Z", "-2026-01-01T00:00:00Z",
        "\"1\"", "W/\"1\"", "\"1\", \"2\"", "\"1\",,", "\"", "\"\"", "*, \"1\"", "1", "\"\u00e9\"", "eyJ2IjoxfQ", "AAAA", "////", "====", "-", "-id",
        "--id", "id,name", "name asc",
    ];

    /// <summary>Percent-encoding that is cut, no hexadecimal number or not UTF-8: RFC 3986 section 2.1, RFC 3629 section 3.</summary>
    public static readonly string[] Encodings =
    [
        "%", "50%", "%2", "%zz", "%g0", "%%20", "%u0041", "%C3", "%C3a", "%80", "%C0%80", "%E0%80%AF", "%ED%A0%80", "%ED%B0%80", "%F4%90%80%80",
        "%F8%88%80%80%80", "%FE", "%ff",
    ];

    /// <summary>Ids in a cursor that a client has made up.</summary>
    public static readonly string[] Ids =
    [
        "1", "1", "1", "30", "9223372036854775807", "9223372036854775808", "0", "-0", "-1", "+1", "01", "1.5", "1e3", "", "x", "1\0", " 1", "\uff11",
    ];

    /// <summary>Values as they are written in a body; some are not JSON.</summary>
    public static readonly string[] Json =
    [
        "null", "true", "false", "0", "-0", "-1", "150", "151", "30.0", "0.1", "3e1", "1e400", "-1e400", "1e-400", "1E+2", "01", "+1", ".5", "1.",
        "0x10", "NaN", "Infinity", "12345678901234567890", new string('9', 1000),
        "\"\"", "\" \"", "\"\\u0000\"", "\"\\ud800\"", "\"\\udc00\\ud800\"", "\"\\ud83d\\ude00\"", "\"\\u202e\"", "\"\\x\"", "\"\\u12\"", "\"\t\"",
        "\"\n\"", "'a'", "\"unended", "a", "undefined",
        "\"Admin\"", "\"admin\"", "\"ADMIN\"", "\"Admin,User\"", "\"Deleted\"", "\"1\"", "\"Active\"", "[]", "[1]", "[\"a\"]", "[null]", "{}",
        "{\"a\":1}", "{\"a\":1,\"a\":2}", "{\"\":0}", "[,]", "{,}", "[1,]", "{\"a\":1,}", "{a:1}", "/**/1", "1//",
        Nested(30), Nested(31), Nested(32), Nested(33), Nested(20_000), new string('[', 5000), string.Concat(Enumerable.Repeat("{\"a\":", 5000)),
        $"\"{new string('a', 201)}\"", $"\"{new string('a', 60_000)}\"", $"\"{new string('a', 70_000)}\"",
        $"{{{string.Join(',', Enumerable.Range(0, 5000).Select(i => $"\"m{i}\":0"))}}}", "{\"$type\":\"x\",\"$ref\":\"1\",\"$id\":\"1\"}",
        "{\"__proto__\":{}}", "\"a@b\"", "\"a@b\\r\\nBcc: c@d\"", "\"ADA@HOSTILE.EXAMPLE\"", "\"ada@hostile.example\"",
    ];

    public static readonly string[] Methods =
    [
        "GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "CONNECT", "PROPFIND", "QUERY", "get", "Post", "X", "M-SEARCH",
        new string('A', 300),
    ];

    public static readonly string[] ContentTypes =
    [
        "", " ", "text/plain", "application/json;", "application/json; charset", "application/json; charset=utf-16",
        "application/json; charset=\"utf-8\"", "application/json; charset=x; charset=utf-8", "application/json, text/plain",
        "APPLICATION/JSON", "application/*", "*/*", "application/merge-patch+json; charset=utf-7", "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x", "multipart/form-data", "application/xml", "application/json\u00e9", "/", new string('x', 2000),
    ];

    public static readonly string[] Accepts =
    [
        "", "*/*", "application/*", "application/json;q=0", "application/json;q=2", "application/json;q=abc", "text/html", "*/*;q=0", ";;;", ",",
        "application", "*/json", "application/json;q=0.0001, */*;q=0", string.Join(',', Enumerable.Repeat("text/x", 500)),
    ];

    /// <summary>The first has a right checksum; nobody has any of them.</summary>
    public static readonly string[] ApiKeys =
    [
        "cuk_4dQ7tBz9KfX2mVw8Rb5YhJ3nLc6PgD0tQBrw", "cuk_4dQ7tBz9KfX2mVw8Rb5YhJ3nLc6PgD0tQBrx", "cuk_", "cuk",
        "CUK_4dQ7tBz9KfX2mVw8Rb5YhJ3nLc6PgD0tQBrw",
        "cuk_4dQ7tBz9KfX2mVw8Rb5YhJ3nLc6PgD0tQBrw, cuk_", "cuk_ 4dQ7tBz9KfX2mVw8Rb5YhJ3nLc6PgD0tQBrw", "cuk_" + new string('0', 36),
        "cuk_" + new string('é', 36), "cuk_" + new string('a', 8000), "cuk_' OR 1=1 --", "cuk_%00", "cuk_e30.e30.e30",
    ];

    /// <summary>Filters of SCIM, and texts that are almost filters: RFC 7644 section 3.4.2.2.</summary>
    public static readonly string[] ScimFilters =
    [
        "userName eq \"h1\"", "USERNAME EQ \"H1\"", "userName ne \"\"", "userName co \"%\"", "userName sw \"h\" and active eq true", "externalId pr",
        "emails.value eq \"user1@hostile.example\"", "emails[type eq \"work\"].value co \"hostile\"", "emails[type eq \"work\" and value ew \"e\"]",
        "emails pr", "emails[not (value sw \"a\")]", "not (active eq \"True\")", "not (not (id eq \"1\"))", "id eq \"99999999999999999999\"",
        "id gt 1",
        "id eq null", "active eq null", "active gt true", "name.givenName eq \"\\u0000\"", "name.familyName eq \"\\ud800\"", "title pr",
        "meta.created gt \"2026-01-01T00:00:00Z\"", "meta.lastModified le \"9999-12-31T23:59:59.9999999-14:00\"", "meta.created eq \"yesterday\"",
        "meta.version eq \"W/\\\"1\\\"\"", "displayName eq \"x\"", "displayName pr or userName pr", "userName eq 1e999", "userName eq -0", "userName",
        "userName eq", "(userName pr", "userName pr)", "[]", "emails[", "emails[]", "emails[type]", "a eq \"b\"", "userName eq {}", "userName eq [1]",
        "urn:ietf:params:scim:schemas:core:2.0:User:userName eq \"h1\"", "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department pr",
        "urn:x:y pr", new string('(', 3000), string.Join(" or ", Enumerable.Repeat("userName co \"h\"", 40)),
        string.Join(" and ", Enumerable.Repeat("(externalId pr or not (emails.value ne \"a\"))", 20)), $"userName co \"{new string('a', 3000)}\"",
        $"userName eq \"{new string('a', 5000)}\"",
    ];

    /// <summary>Paths of a SCIM patch: RFC 7644 section 3.5.2.</summary>
    public static readonly string[] ScimPaths =
    [
        "active", "ACTIVE", "userName", "name", "name.givenName", "name.", ".", "displayName", "emails", "emails[type eq \"work\"]",
        "emails[type eq \"work\"].value", "emails[type eq \"home\"].value", "emails[primary eq true].display", "emails[", "emails.value", "id",
        "meta",
        "meta.version", "schemas", "externalId", "title", "phoneNumbers", "phoneNumbers[type eq \"work\"].value", "groups", "password",
        "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User", "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager",
        "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department", "urn:ietf:params:scim:schemas:core:2.0:User:name.familyName", "",
    ];

    /// <summary>Values of attributes in SCIM, as they are written in a body.</summary>
    public static readonly string[] ScimValues =
    [
        "\"x\"", "\"False\"", "true", "{\"givenName\":\"x\"}", "{\"active\":\"true\",\"name.givenName\":\"x\"}", "{\"value\":\"x\"}",
        "{\"manager\":{\"value\":\"1\"},\"department\":\"x\"}", "[{\"value\":\"ada@hostile.example\",\"type\":\"work\",\"primary\":true}]",
        "[{\"value\":\"a@hostile.example\",\"primary\":true},{\"value\":\"b@hostile.example\",\"primary\":true}]", "[{\"type\":\"work\"}]",
        "{\"emails[type eq \\\"work\\\"].value\":\"ada@hostile.example\"}", "[{\"value\":\"+1\"}]",
    ];

    public static readonly string[] HeaderNames =
    [
        "If-Match", "If-None-Match", "If-Modified-Since", "If-Unmodified-Since", "If-Range", "Range", "Idempotency-Key", "Idempotency-Key", "Accept",
        "Accept-Encoding", "Accept-Language", "Accept-Charset", "Authorization", "Cookie", "Origin", "Referer",
        "X-Forwarded-For", "X-Forwarded-Proto", "X-Forwarded-Host", "X-Forwarded-Prefix", "Forwarded", "X-HTTP-Method-Override", "X-Original-URL",
        "traceparent", "tracestate", "baggage", "Content-Encoding", "Content-Language", "Content-MD5", "Content-Range", "Max-Forwards",
        "Prefer", "Cache-Control", "Pragma", "TE", "Trailer", "Via", "User-Agent", "X-Request-Id", "Request-Id", "Correlation-Context", "api-version",
        "Date", "From", "X",
    ];

    private static string Nested(int depth) => new string('[', depth) + new string(']', depth);
}
