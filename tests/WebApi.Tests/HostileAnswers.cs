namespace CleanUsers.WebApi.Tests;

/// <summary>What every answer to hostile input must be.</summary>
internal static class HostileAnswers
{
    /// <summary>None of it is in what is sent, so that none of it can be an echo.</summary>
    private static readonly string[] Internals =
        ["System.", "Microsoft", "Exception", "   at ", "SELECT ", "INSERT ", "sqlite", "Npgsql", "constraint", ".cs:", "Json.", "Kestrel", "EntityFramework", "stack trace", "/home/", "/tmp/", "/src/"];

    public static void Check(HostileRequest request, Answer answer)
    {
        foreach (var (name, value) in answer.Headers.Append(KeyValuePair.Create("body", answer.Body)))
            foreach (var text in Internals) Assert.False(value.Contains(text, StringComparison.OrdinalIgnoreCase), $"'{text}' is in {name}: {value}");
        Assert.Null(answer.Header("Server"));

        if (DescribedContract.StatusCodesOfTheWebServer.Contains(answer.Status) && answer.Body.Length == 0 && answer.Header("Content-Type") is null)
        {
            Assert.True(!request.IsHttp || request.Method == "HEAD" || IsRefusedByTheServer(request), $"{answer.Status} without a problem");
            return;
        }

        Assert.InRange(answer.Status, 200, 499);
        if (answer.Status >= 400 && answer.Body.Length > 0) answer.IsProblem(answer.Status, answer["code"].GetString()!);
        // where the server may see another path or method than it was sent, only the form can be held against the description
        if (request.IsHttp && !request.Path.Contains("%2", StringComparison.OrdinalIgnoreCase) && !request.Path.Contains("/.", StringComparison.Ordinal))
            DescribedContract.Check(request.Method, request.Path, answer);
    }

    // Kestrel refuses these while it reads the request line and the header section
    private static bool IsRefusedByTheServer(HostileRequest request) => request.Octets.AsSpan().IndexOfAnyExceptInRange((byte)0, (byte)127) >= 0
        || request.Path.Contains('%', StringComparison.Ordinal) || request.Path.Contains('#', StringComparison.Ordinal) || request.Path.Contains('\\', StringComparison.Ordinal);
}
