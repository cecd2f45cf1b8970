using System.Net;
using CleanUsers.Infrastructure.Persistence;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace CleanUsers.Benchmarks;

/// <summary>
/// CPU time of the service per request, of each kind of request, beside a bare endpoint of the same web server that writes a user's bytes: medians of
/// some rounds in turn. Users come from an import of <see cref="People"/>.
/// </summary>
internal static class Requests
{
    /// <summary>The command of this program that is the bare endpoint.</summary>
    public const string Bare = "bare";

    private const int Rounds = 3;

    private const string User =
        """
        {"id":1,"email":"ada@example.org","name":"Ada","age":null,"role":"User","status":"Active",
        "createdAt":"2026-01-01T12:00:00.000Z","updatedAt":"2026-01-01T12:00:00.000Z","version":1}
        """;

    private static readonly TimeSpan Warmup = TimeSpan.FromSeconds(8);
    private static readonly TimeSpan Round = TimeSpan.FromSeconds(2);

    /// <param name="users">How many the database has.</param>
    /// <param name="provider">Which database.</param>
    /// <param name="connectionString">An empty database; null is a file that goes away.</param>
    public static async Task RunAsync(int users, DatabaseProvider provider, string? connectionString)
    {
        string[] settings = [$"Database:Provider={provider}", "Database:MigrateOnStartup=true"];
        if (connectionString is not null) settings = [.. settings, $"ConnectionStrings:CleanUsers={connectionString}"];
        using var service = await LoadedService.StartWithAsync(users, settings);
        using var bare = await LoadedService.StartOtherAsync(Bare);
        var nothing = new Load("bare", HttpMethod.Get, _ => "/");
        await bare.LoadAsync(Warmup, nothing);

        Console.WriteLine($"{users} users on {provider}; CPU time per request, median of {Rounds} rounds of {Round.TotalSeconds} s in turn");
        foreach (var load in Loads(users))
        {
            await service.LoadAsync(Warmup, load);
            var (ours, bares) = (new List<double>(), new List<double>());
            for (var i = 0; i < Rounds; i++)
            {
                bares.Add(await bare.LoadAsync(Round, nothing));
                ours.Add(await service.LoadAsync(Round, load));
            }

            var (one, other) = (Median(ours), Median(bares));
            Console.WriteLine($"{load.Name,-14} {one,6:0} µs, bare {other,4:0} µs: {one / other,5:0.0} times as much");
        }
    }

    /// <summary>The bare endpoint.</summary>
    public static async Task ServeAsync(string[] arguments)
    {
        var builder = WebApplication.CreateSlimBuilder(arguments);
        builder.Logging.ClearProviders();
        await using var app = builder.Build();
        app.Run(context =>
        {
            context.Response.ContentType = "application/json";
            return context.Response.WriteAsync(User);
        });
        await app.RunAsync();
    }

    private static IEnumerable<Load> Loads(int users)
    {
        string AnyUser(int number) => $"/api/v1/users/{1 + (number * 7919L % users)}";
        yield return new("get", HttpMethod.Get, AnyUser);
        yield return new("304", HttpMethod.Get, AnyUser, HttpStatusCode.NotModified, IfNoneMatch: "\"1\"");
        yield return new("404", HttpMethod.Get, _ => "/api/v1/users/999999999", HttpStatusCode.NotFound);
        yield return new("400", HttpMethod.Post, _ => "/api/v1/users", HttpStatusCode.BadRequest, _ => """{"email":"nope","age":200}""");
        yield return new("page of 50", HttpMethod.Get, _ => "/api/v1/users?pageSize=50");
        yield return new("filter", HttpMethod.Get, _ => "/api/v1/users?pageSize=50&role=User&status=Active");
        yield return new("search", HttpMethod.Get, _ => "/api/v1/users?pageSize=50&q=b");
        yield return new("history", HttpMethod.Get, number => $"{AnyUser(number)}/history");
        yield return new(
            "create", HttpMethod.Post, _ => "/api/v1/users", HttpStatusCode.Created,
            number => $$"""{"email":"new.{{number}}@new.example","name":"New User","age":{{number % 100}}}""");
        yield return new(
            "patch", HttpMethod.Patch, AnyUser, HttpStatusCode.OK, number => $$"""{"age":{{number % 100}}}""", "application/merge-patch+json");
    }

    private static double Median(List<double> values) => values.Order().ElementAt(values.Count / 2);
}
