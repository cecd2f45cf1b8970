using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;

namespace CleanUsers.WebApi.Tests;

/// <param name="Method">As it was sent.</param>
/// <param name="Path">With the query, as it was sent.</param>
/// <param name="Bytes">The whole request.</param>
/// <param name="IsHttp">False where it may break HTTP's framing: then the service may also just close the connection.</param>
internal sealed record HostileRequest(string Method, string Path, byte[] Bytes, bool IsHttp)
{
    /// <summary>More than the service takes: the web server closes the connection after its response, which a reset can overtake.</summary>
    public bool IsTooLarge => Bytes.Length > 64 * 1024;

    /// <summary>The request as text, to read it and to send it again.</summary>
    public override string ToString()
    {
        var text = new StringBuilder();
        foreach (var value in Bytes.Take(3000))
            text.Append(value is >= 32 and < 127 ? $"{(char)value}" : value == '\n' ? "\\n\n" : value == '\r' ? "\\r" : $"\\x{value:x2}");
        return text.Append(CultureInfo.InvariantCulture, $" ({Bytes.Length} bytes)").ToString();
    }
}

/// <summary>
/// Requests for every operation of the descriptions, of which most are wrong in one or several ways, from the path to the framing. The same seed
/// makes the same ones.
/// </summary>
/// <param name="seed">Of the random numbers.</param>
/// <param name="framed">Whether all keep to HTTP's framing.</param>
internal sealed class HostileRequests(int seed, bool framed = false)
{
    /// <summary>Requests name users, deleted users and emails up to this id.</summary>
    public const int Ids = 60;

    /// <summary>The domain of every address that is sent: it may appear only in responses.</summary>
    public const string Domain = "hostile.example";

    private static readonly (string Path, string Method, JsonObject Operation)[] Operations =
        [.. DescribedContract.Operations, .. DescribedScim.Operations];

    /// <summary>The operations that pass text from the query to the database.</summary>
    private static readonly (string Path, string Method, JsonObject Operation)[] Lists =
        [.. Operations.Where(
            operation => operation.Method is "get" or "head"
                && Parameters(operation.Operation, "query").Any(parameter => $"{parameter["name"]}" is "cursor" or "filter"))];

    /// <summary>The operations that read languages of their own: filters, paths of patches.</summary>
    private static readonly (string Path, string Method, JsonObject Operation)[] Scim =
        [.. DescribedScim.Operations.Where(operation => operation.Path.StartsWith("/scim/v2/Users", StringComparison.Ordinal))];

    private static readonly string[] MemberNames =
    [
        "\"name\"", "\"age\"", "\"role\"", "\"status\"", "\"id\"", "\"version\"", "\"createdAt\"", "\"email\"", "\"deleted\"", "\"Email\"",
        "\"schemas\"", "\"userName\"", "\"USERNAME\"", "\"active\"", "\"emails\"", "\"Operations\"", "\"filter\"", "\"name.givenName\"",
        "\"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User\"",
    ];

    private readonly Random _random = new(seed);
    private int _number;

    public HostileRequest Next()
    {
        _number++;
        var (template, method, operation) = Pick(Chance(0.3) ? Lists : Chance(0.3) ? Scim : Operations);
        method = Chance(0.05) ? Pick(HostileValues.Methods) : method.ToUpperInvariant();
        var path = PathOf(template);
        path += Chance(0.2) ? MadeUpCursor(path) ?? Query(operation) : Query(operation);
        var headers = new List<string> { "Host: localhost" };
        headers.AddRange(Headers(operation));
        var body = operation["requestBody"] is JsonObject described ? Body(described) : Chance(0.05) ? Encoding.UTF8.GetBytes(Json()) : null;
        if (body is not null && !Chance(0.05))
            headers.Add(
                "Content-Type: "
                    + (Chance(0.9) ? operation["requestBody"]?["content"]?.AsObject() is { } types ? Pick(types.Select(type => type.Key).ToList())
                        : "application/json" : Pick(HostileValues.ContentTypes)));
        return !framed && Chance(0.1) ? Misframed(method, path, headers, body ?? []) : Framed(method, path, headers, body);
    }

    private string PathOf(string template)
    {
        var path = template
            .Replace("{id}", Chance(0.85) ? Number(1, Ids) : Encoded(Pick(HostileValues.Texts)), StringComparison.Ordinal)
            .Replace("{emailId}", Chance(0.85) ? Number(1, Ids) : Encoded(Pick(HostileValues.Texts)), StringComparison.Ordinal)
            .Replace("{code}", Chance(0.5) ? "email-taken" : Encoded(Pick(HostileValues.Texts)), StringComparison.Ordinal);
        if (Chance(0.9)) return path;
        return _random.Next(9) switch
        {
            0 => path + "/",
            1 => path + "/" + Encoded(Pick(HostileValues.Texts)),
            2 => path.Replace("v1", Pick(["v2", "v0", "v", "V1", "v1.0", "v01", "vx", "v99999999999999999999", "%761"]), StringComparison.Ordinal),
            3 => path.ToUpperInvariant(),
            4 => path.Replace("/", "//", StringComparison.Ordinal),
            5 => path + ";" + Encoded(Pick(HostileValues.Texts)),
            6 => path[.._random.Next(1, path.Length)],
            7 => path
                + Pick(["/..", "/.", "/%2e%2e", "/%2e", "/..%2f", "%2f", "%5c", "\\", "/%c0%ae%c0%ae", "%", "%0", "%zz", "%00", "%0d%0aX:y", "#x",
                    "%23"]),
            _ => "/" + Encoded(Pick(HostileValues.Texts)),
        };
    }

    private string Query(JsonObject operation)
    {
        var parts = new List<string>();
        foreach (var parameter in Parameters(operation, "query"))
        {
            var name = parameter["name"]!.GetValue<string>();
            if (!Chance(name == "filter" ? 0.8 : 0.2)) continue;
            parts.Add($"{name}={(Chance(0.6) ? Encoded(Sensible(parameter)) : Encoded(Text()))}");
            if (Chance(0.03)) parts.Add(parts[^1]);
            if (Chance(0.03)) parts.Add(name);
        }

        if (Chance(0.05)) parts.Add($"{Encoded(Pick(HostileValues.Texts))}={Encoded(Pick(HostileValues.Texts))}");
        if (Chance(0.02)) parts.AddRange(Enumerable.Range(0, 500).Select(i => $"p{i}"));
        return parts.Count > 0 ? "?" + string.Join(Chance(0.95) ? "&" : Pick([";", "&&", "?", "%26"]), parts) : Chance(0.02) ? "?" : "";
    }

    /// <summary>A cursor with the right digest, for the lists; its position is rarely valid.</summary>
    private string? MadeUpCursor(string path)
    {
        var isOfOneUser = path.EndsWith("/emails", StringComparison.Ordinal) || path.EndsWith("/history", StringComparison.Ordinal);
        if (path is not ("/api/v1/users" or "/api/v1/deleted-users" or "/api/v1/changes") && !isOfOneUser) return null;
        var place = Pick(HostileValues.Ids) + Pick([":", ":", ":", ":", "", "::"]);
        if (path is "/api/v1/changes") return $"?cursor={CursorForgery.OfChanges(Bytes(place + (Chance(0.5) ? "1:1:1" : Text())))}";
        if (isOfOneUser)
        {
            var (user, list) = (path.Split('/')[^2], path.Split('/')[^1]);
            return $"?cursor={CursorForgery.OfOneUser(list, user, Bytes(Chance(0.7) ? place.TrimEnd(':') : place))}";
        }

        var deleted = path.EndsWith("deleted-users", StringComparison.Ordinal);
        var sort = Pick(["", "-"]) + Pick(deleted ? CursorForgery.DeletedSorts : CursorForgery.Sorts);
        place += sort.EndsWith("id", StringComparison.Ordinal) && Chance(0.5) ? "" : Chance(0.5) ? Pick(HostileValues.Ids) : Text();
        return $"?sort={sort}&cursor={CursorForgery.OfUsers(deleted, sort, Bytes(place))}";

        byte[] Bytes(string text) => Chance(0.1) ? Damaged(Encoding.UTF8.GetBytes(text + ":")) : Encoding.UTF8.GetBytes(text);
    }

    private IEnumerable<string> Headers(JsonObject operation)
    {
        foreach (var parameter in Parameters(operation, "header").Where(_ => Chance(0.4)))
            yield return $"{parameter["name"]}: {(Chance(0.6) ? Sensible(parameter) : HeaderText())}";
        if (Chance(0.2)) yield return $"Accept: {(Chance(0.3) ? "application/json" : Pick(HostileValues.Accepts))}";
        if (Chance(0.05)) yield return $"Authorization: Bearer {Pick(HostileValues.ApiKeys)}";
        while (Chance(0.2)) yield return $"{Pick(HostileValues.HeaderNames)}: {HeaderText()}";
    }

    private byte[] Body(JsonObject described)
    {
        var example = described["content"]!.AsObject().First().Value!["example"]!.AsObject();
        var members = example.Select(member => (Name: $"\"{member.Key}\"", Value: member.Value?.ToJsonString() ?? "null")).ToList();
        for (var i = 0; i < members.Count; i++) members[i] = (members[i].Name, Value(members[i].Name) ?? members[i].Value);
        while (Chance(0.4))
        {
            var at = _random.Next(members.Count);
            switch (_random.Next(5))
            {
                case 0: members[at] = (members[at].Name, Json()); break;
                case 1: members.Insert(at, (Chance(0.5) ? members[at].Name : Pick(HostileValues.Json), Json())); break;
                case 2 when members.Count > 1: members.RemoveAt(at); break;
                case 3: members.Add((Pick(MemberNames), Json())); break;
                default:
                    var hostile = Pick(HostileValues.Texts)
                        .Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal);
                    members[at] = (members[at].Name, $"\"{hostile}\"");
                    break;
            }
        }

        var text = "{" + string.Join(',', members.Select(member => $"{member.Name}:{member.Value}")) + "}";
        if (Chance(0.05)) text = Json();
        return Chance(0.15) ? Damaged(Encoding.UTF8.GetBytes(text)) : Encoding.UTF8.GetBytes(text);
    }

    /// <summary>The value of a member that has to differ from the example's, or that is a language of its own.</summary>
    private string? Value(string name) => name switch
    {
        "\"email\"" => $"\"h{_number}.{seed}@{Domain}\"",
        "\"emails\"" => $$"""[{"value":"h{{_number}}.{{seed}}@{{Domain}}","type":"work"}]""",
        "\"userName\"" => $"\"h{_number}.{seed}\"",
        "\"filter\"" => Quoted(Pick(HostileValues.ScimFilters)),
        "\"Operations\"" => ScimOperations(),
        _ => null,
    };

    private string ScimOperations()
    {
        var operations = new List<string>();
        do
        {
            var path = Chance(0.2) ? "" : $"\"path\":{Quoted(Chance(0.8) ? Pick(HostileValues.ScimPaths) : Pick(HostileValues.Texts))},";
            var value = Chance(0.5) ? Pick(HostileValues.ScimValues) : Json();
            operations.Add($$"""{"op":"{{Pick(["add", "Replace", "remove", "x"])}}",{{path}}"value":{{value}}}""");
        }
        while (Chance(0.3));
        return $"[{string.Join(',', operations)}]";
    }

    private static string Quoted(string text) => JsonValue.Create(text).ToJsonString();

    private byte[] Damaged(byte[] body)
    {
        var bytes = body.ToList();
        var at = _random.Next(bytes.Count);
        switch (_random.Next(7))
        {
            case 0: bytes[at] = (byte)_random.Next(256); break;
            case 1: bytes.RemoveRange(at, Math.Min(_random.Next(1, 8), bytes.Count - at)); break;
            case 2: bytes.Insert(at, (byte)_random.Next(256)); break;
            case 3:
                bytes.InsertRange(
                    0, Pick<byte[]>([[0xEF, 0xBB, 0xBF], [0xFF, 0xFE], [0x1F, 0x8B, 8, 0], [0], "\n\r\t "u8.ToArray(), "/* */"u8.ToArray()]));
                break;
            case 4: bytes.AddRange(Pick<byte[]>([[0], "{}"u8.ToArray(), ","u8.ToArray(), " \n"u8.ToArray(), [0xC0, 0x80]])); break;
            case 5: return Encoding.Unicode.GetBytes(Encoding.UTF8.GetString(body));
            default: bytes.RemoveRange(at, bytes.Count - at); break;
        }

        return [.. bytes];
    }

    private HostileRequest Framed(string method, string path, List<string> headers, byte[]? body)
    {
        if (body is null) return Make(method, path, headers, [], isHttp: true);
        if (Chance(0.9)) return Make(method, path, [.. headers, $"Content-Length: {body.Length}"], body, isHttp: true);

        // RFC 9112 section 7.1
        var chunks = new List<byte>();
        foreach (var chunk in body.Chunk(_random.Next(1, 50)))
        {
            chunks.AddRange(Encoding.ASCII.GetBytes($"{chunk.Length:x}{(Chance(0.1) ? ";x=\"y\"" : "")}\r\n"));
            chunks.AddRange(chunk);
            chunks.AddRange("\r\n"u8);
        }

        chunks.AddRange(Chance(0.9) ? "0\r\n\r\n"u8 : "0\r\nX: y\r\n\r\n"u8);
        return Make(method, path, [.. headers, "Transfer-Encoding: chunked"], [.. chunks], isHttp: true);
    }

    private HostileRequest Misframed(string method, string path, List<string> headers, byte[] body)
    {
        var length = $"Content-Length: {body.Length}";
        return _random.Next(16) switch
        {
            0 => Make(method, path, [.. headers, $"Content-Length: {body.Length + _random.Next(1, 2000)}"], body, isHttp: false),
            1 => Make(method, path, [.. headers, $"Content-Length: {_random.Next(body.Length + 1)}"], body, isHttp: false),
            2 => Make(
                method, path,
                [.. headers, length,
                    Pick(["Content-Length: 0", "Content-Length: -1", "Content-Length: 1e3", "Content-Length: 99999999999999999999", length])], body,
                        isHttp: false),
            3 => Make(
                method, path, [.. headers, length, $"Transfer-Encoding: {Pick(["chunked", "gzip", "chunked, chunked", "identity", "x"])}"], body,
                isHttp: false),
            4 => Make(
                method, path, [.. headers, "Transfer-Encoding: chunked"],
                [.. Encoding.ASCII.GetBytes(Pick(["zz\r\n", "-1\r\n", "ffffffffffffffff\r\n", "5", "\r\n", "5\r\nab", "3;\0\r\nabc\r\n0\r\n\r\n"])),
                    .. body], isHttp: false),
            5 => Make(method, path, [.. headers.Skip(1), length], body, isHttp: false),
            6 => Make(method, path, [.. headers, $"Host: {HeaderText()}", length], body, isHttp: false),
            7 => Make(
                method, path, [.. headers, length, Pick([" folded", "no colon", ": no name", "a b: c", "X:\0", "X: \u007f", "\tX: y", "X\0: y"])],
                body, isHttp: false),
            8 => Make(method, path, [.. headers, length, "X: " + new string('x', 40_000)], body, isHttp: false),
            9 => Make(method, path, [.. headers, length, .. Enumerable.Range(0, 150).Select(i => $"X{i}: y")], body, isHttp: false),
            10 => Make(method, $"http://localhost{path}", [.. headers, length], body, isHttp: false),
            11 => Make(
                method, Pick(["*", "", "localhost:80", "?", "http://", "//x", "\u00e9", new string('/', 9000), "/" + new string('a', 9000)]),
                [.. headers, length], body, isHttp: false),
            12 => Make(method, path, [.. headers, length, "Expect: " + Pick(["100-continue", "200-ok"])], body, isHttp: false),
            13 => Make(method, path, [.. headers, length, "Upgrade: " + Pick(["h2c", "websocket", "x"]), "Connection: Upgrade"], body, isHttp: false),
            14 => new HostileRequest(method, path, Damaged(Make(method, path, [.. headers, length], body, isHttp: false).Bytes), IsHttp: false),
            _ => new HostileRequest(
                method, path, [.. Enumerable.Range(0, _random.Next(1, 200)).Select(_ => (byte)_random.Next(256)), .. "\r\n\r\n"u8], IsHttp: false),
        };
    }

    private HostileRequest Make(string method, string path, List<string> headers, byte[] body, bool isHttp)
    {
        var version = isHttp || Chance(0.9) ? "HTTP/1.1" : "HTTP/1.0";
        var head = $"{method} {path} {version}\r\n{string.Concat(headers.Select(header => header + "\r\n"))}\r\n";
        return new HostileRequest(method, path, [.. Encoding.UTF8.GetBytes(head), .. body], isHttp);
    }

    private static IEnumerable<JsonObject> Parameters(JsonObject operation, string place) =>
        (operation["parameters"]?.AsArray() ?? []).Select(parameter => DescribedContract.Resolve(parameter!)).Where(
            parameter => parameter["in"]!.GetValue<string>() == place);

    private string Sensible(JsonObject parameter) => $"{parameter["name"]}" == "filter" ? Pick(HostileValues.ScimFilters) :
        parameter["schema"]!["enum"] is JsonArray values && Chance(0.8) ? $"{Pick(values.ToArray())}" : $"{parameter["example"] ?? "x"}";

    private string Text()
    {
        var text = Pick(HostileValues.Texts);
        return Chance(0.8) ? text
            : text.Insert(_random.Next(2) * text.Length, Pick(["\0", "\0", "\u0001", "\t", "\u007f", "\u2028", "\u202e", "\ufffe"]));
    }

    private string Json() => Pick(HostileValues.Json);

    // a line break would start another header
    private string HeaderText() =>
        Pick(HostileValues.Texts).Replace("\r", "", StringComparison.Ordinal).Replace("\n", "", StringComparison.Ordinal).Replace(
            "\0", "", StringComparison.Ordinal);

    private string Encoded(string text) => _random.Next(12) switch
    {
        0 => string.Concat(Encoding.UTF8.GetBytes(text).Select(value => $"%{value:X2}")),
        1 => Uri.EscapeDataString(Uri.EscapeDataString(text)),
        2 => string.Concat(
            Encoding.UTF8.GetBytes(text).Select(value => value < 128 ? Uri.EscapeDataString($"{(char)value}") : $"%{(value + 1) & 0xFF:x2}")),
        3 => Uri.EscapeDataString(text) + Pick(HostileValues.Encodings),
        4 => Pick(HostileValues.Encodings),
        _ => Uri.EscapeDataString(text),
    };

    private string Number(int from, int to) => _random.Next(from, to).ToString(CultureInfo.InvariantCulture);

    private T Pick<T>(IReadOnlyList<T> values) => values[_random.Next(values.Count)];

    private bool Chance(double share) => _random.NextDouble() < share;
}
