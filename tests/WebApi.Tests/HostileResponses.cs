namespace CleanUsers.WebApi.Tests;

/// <summary>The check of every response to hostile input.</summary>
internal static class HostileResponses
{
    /// <summary>No request contains any of these texts, so that none of them can be repeated input.</summary>
    private static readonly string[] Internals =
        ["System.", "Microsoft", "Exception", "   at ", "SELECT ", "INSERT ", "sqlite", "Npgsql", "constraint", ".cs:", "Json.", "Kestrel",
            "EntityFramework", "stack trace", "/home/", "/tmp/", "/src/"];

    public static void Check(HostileRequest request, Response response)
    {
        foreach (var (name, value) in response.Headers.Append(KeyValuePair.Create("body", response.Body)))
            foreach (var text in Internals) Assert.False(value.Contains(text, StringComparison.OrdinalIgnoreCase), $"'{text}' is in {name}: {value}");
        Assert.Null(response.Header("Server"));

        var isOfTheWebServer = DescribedContract.StatusCodesOfTheWebServer.Contains(response.Status) && response.Body.Length == 0
            && response.Header("Content-Type") is null;
        var mayBeOfTheWebServer = !request.IsHttp || request.Method == "HEAD" || IsRejectedByTheServer(request);
        Assert.True(!isOfTheWebServer || mayBeOfTheWebServer, $"{response.Status} without a problem");
        if (isOfTheWebServer) return;

        Assert.InRange(response.Status, 200, 499);
        if (response.Status >= 400 && response.Body.Length > 0)
        {
            if (response.Header("Content-Type") == "application/scim+json") response.IsScimError(response.Status);
            else response.IsProblem(response.Status, response["code"].GetString()!);
        }

        // where the web server may read another path or method than was sent, the response can't be compared with the description
        if (!request.IsHttp || request.Path.Contains("%2", StringComparison.OrdinalIgnoreCase)) return;
        if (request.Path.Contains("/.", StringComparison.Ordinal)) return;
        DescribedContract.Check(request.Method, request.Path, response);
        DescribedScim.Check(request.Method, request.Path, response);
    }

    // Kestrel rejects these while it reads the request line and the header section
    private static bool IsRejectedByTheServer(HostileRequest request) => request.Bytes.AsSpan().IndexOfAnyExceptInRange((byte)0, (byte)127) >= 0
        || request.Path.Contains('%', StringComparison.Ordinal) || request.Path.Contains('#', StringComparison.Ordinal)
            || request.Path.Contains('\\', StringComparison.Ordinal);
}
