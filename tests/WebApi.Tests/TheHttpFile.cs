using System.Text.RegularExpressions;
using CleanUsers.TestSupport;

namespace CleanUsers.WebApi.Tests;

/// <summary>
/// CleanUsers.http, sent from top to bottom to a new service, as a newcomer does. Each request announces its status code: <c># 201</c>.
/// </summary>
public sealed partial class TheHttpFile(Service service) : IClassFixture<Service>
{
    [Fact]
    public async Task Each_request_has_the_status_code_that_it_announces()
    {
        var others = new List<string>();
        foreach (var request in Read())
        {
            var response = await service.SendAsync(request.Method, request.Path, request.Body, request.Headers);
            if ($"{response.Status}" != request.Announced)
                others.Add($"{request.Title}: {response.Status} instead of {request.Announced ?? "no announcement"}");
        }

        Assert.True(others.Count == 0, string.Join('\n', others));
    }

    /// <summary>As README.md says: all calls are in it.</summary>
    [Fact]
    public void Each_operation_is_in_it()
    {
        var sent = Read().Select(request => (request.Method, Path: request.Path.Split('?')[0])).ToList();
        var missing = DescribedContract.Operations
            .Select(operation => (Method: operation.Method.ToUpperInvariant(), operation.Path))
            .Where(operation => operation.Method is not ("HEAD" or "OPTIONS"))
            .Where(operation => !sent.Any(request => request.Method == operation.Method && IsOf(operation.Path, request.Path)));
        Assert.Equal([], missing);

        static bool IsOf(string template, string path)
        {
            var pattern = Regex.Replace(template, "{[a-zA-Z]+}", "[^/]+", RegexOptions.None, TimeSpan.FromSeconds(30));
            return Regex.IsMatch(path, $"^{pattern}$", RegexOptions.None, TimeSpan.FromSeconds(30));
        }
    }

    private static List<Request> Read()
    {
        var text = File.ReadAllText(Repository.PathOf("CleanUsers.http")).ReplaceLineEndings("\n");
        var variables = Variable().Matches(text).ToDictionary(variable => variable.Groups["name"].Value, variable => variable.Groups["value"].Value);
        variables["host"] = "";
        foreach (var (name, value) in variables) text = text.Replace($"{{{{{name}}}}}", value, StringComparison.Ordinal);
        var requests = RequestStart().Split(text).Skip(1).Select(Request.Parse).ToList();
        Assert.True(requests.Count >= 17, $"{requests.Count} requests");
        return requests;
    }

    [GeneratedRegex(
        "^@(?<name>[a-zA-Z]+) *= *(?<value>.*)$", RegexOptions.Multiline | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 30_000)]
    private static partial Regex Variable();

    [GeneratedRegex("^### *", RegexOptions.Multiline, matchTimeoutMilliseconds: 30_000)]
    private static partial Regex RequestStart();

    /// <param name="Announced">The status code in its comment.</param>
    private sealed record Request(string Title, string? Announced, string Method, string Path, (string Name, string Value)[] Headers, string? Body)
    {
        /// <param name="text">From its title to the next one.</param>
        public static Request Parse(string text)
        {
            var lines = text.TrimEnd().Split('\n');
            var comments = lines.Skip(1).TakeWhile(line => line.StartsWith('#')).ToList();
            var head = lines.Skip(1 + comments.Count).TakeWhile(line => line.Length > 0).ToList();
            var body = string.Join('\n', lines.Skip(1 + comments.Count + head.Count)).Trim();
            return new(
                lines[0],
                comments.Select(comment => comment.TrimStart('#', ' '))
                    .FirstOrDefault(comment => comment.Length == 3 && comment.All(char.IsAsciiDigit)),
                head[0].Split(' ')[0],
                head[0].Split(' ')[1],
                [.. head.Skip(1).Select(header => header.Split(": ", 2)).Select(header => (header[0], header[1]))],
                body.Length == 0 ? null : body);
        }
    }
}
