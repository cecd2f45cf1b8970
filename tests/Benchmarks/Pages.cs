using System.Diagnostics;
using CleanUsers.Application;
using CleanUsers.Application.Ports;
using CleanUsers.Application.Users;
using CleanUsers.Domain.Users;
using CleanUsers.Infrastructure;
using CleanUsers.Infrastructure.Persistence;
using Microsoft.Extensions.DependencyInjection;

namespace CleanUsers.Benchmarks;

/// <summary>
/// What a page costs deep in the directory, in every sort, against the first page: medians of 50 in turn. Then a walk through all pages while
/// another client inserts and deletes, and searches rare and common. Fills the database, where it is empty.
/// </summary>
internal static class Pages
{
    private const int Rounds = 50;

    private static readonly string[] Sorts = ["id", "-id", "createdAt", "-createdAt", "updatedAt", "-updatedAt", "email", "-email", "name", "-name"];

    /// <param name="users">How many the database has.</param>
    /// <param name="provider">Which database.</param>
    /// <param name="connectionString">Where it is; null is a file that goes away.</param>
    public static async Task RunAsync(int users, DatabaseProvider provider, string? connectionString)
    {
        var folder = Directory.CreateTempSubdirectory("cleanusers-").FullName;
        await using var services = new ServiceCollection()
            .AddLogging()
            .AddSingleton(TimeProvider.System)
            .AddScoped<ICaller, BenchmarkCaller>()
            .AddApplication()
            .AddInfrastructure(
                new DatabaseOptions { Provider = provider, MigrateOnStartup = true },
                connectionString ?? $"Data Source={Path.Combine(folder, "pages.db")}")
            .BuildServiceProvider();
        await services.MigrateOnStartupAsync();
        if ((await ListAsync(services, new() { PageSize = 1 })).Items.Count == 0) await FillAsync(services, users);
        users = (int)(await ListAsync(services, new() { PageSize = 1, IncludeTotal = true })).TotalCount!.Value;

        Console.WriteLine($"{users} users; median of {Rounds}, in turn; a page of 50 after row {users * 9 / 10}");
        foreach (var sort in Sorts)
        {
            var deep = await CursorAfterAsync(services, sort, users * 9 / 10);
            var (first, later) = (new List<double>(), new List<double>());
            for (var i = -10; i < Rounds; i++)
            {
                var one = await TimeAsync(services, new() { Sort = Sort(sort) });
                var other = await TimeAsync(services, new() { Sort = Sort(sort), Cursor = Cursor.Parse(deep) });
                if (i < 0) continue; // warming up
                first.Add(one);
                later.Add(other);
            }

            Console.WriteLine(
                $"{sort,-10} first {Median(first):0.000} ms, deep {Median(later):0.000} ms, ratio {Median(later) / Median(first):0.00}");
        }

        foreach (var q in (string[])["rare0", "user", "user example", "ada rare0"])
        {
            var times = new List<double>();
            for (var i = 0; i < Rounds; i++) times.Add(await TimeAsync(services, new() { Q = UserListQuery.ParseSearch(q), Sort = Sort("name") }));
            Console.WriteLine($"q={q,-14} {Median(times):0.000} ms");
        }

        foreach (var sort in Sorts) await WalkAsync(services, sort, users);
        Directory.Delete(folder, recursive: true);
    }

    private static async Task FillAsync(ServiceProvider services, int users)
    {
        var start = new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
        var watch = Stopwatch.StartNew();
        await Parallel.ForEachAsync(Enumerable.Range(0, (users + 999) / 1000), async (batch, ct) =>
        {
            await using var scope = services.CreateAsyncScope();
            var added = new List<User>();
            for (var i = batch * 1000; i < Math.Min((batch + 1) * 1000, users); i++)
            {
                // a third has no name, thousands share one, and a thousand share each instant: what an import makes
                var name = i % 3 == 0 ? null : i % 10_000 == 1 ? $"Ada Rare{i / 10_000}" : $"Ada {i % 500:000}";
                added.Add(New($"user{i * 7919L % users}@example.org", name, start.AddMilliseconds(i / 1000)));
            }

            await scope.ServiceProvider.GetRequiredService<IUserBulkWriter>().AddAsync(added, ct);
        });

        Console.WriteLine($"filled in {watch.Elapsed.TotalSeconds:0.0} s");
    }

    private static async Task WalkAsync(ServiceProvider services, string sort, int users)
    {
        using var stop = new CancellationTokenSource();
        var changes = 0;
        var other = Task.Run(async () =>
        {
            while (!stop.IsCancellationRequested)
            {
                await using var scope = services.CreateAsyncScope();
                var created = await scope.ServiceProvider.GetRequiredService<CreateUser>().ExecuteAsync(
                    new(UserInput.Parse(
                        $"{"amz"[changes % 3]}{Guid.NewGuid():N}@walk.example", changes % 2 == 0 ? "Ada 250" : null, (long?)null,
                        UserInput.DefaultRole, UserInput.DefaultStatus)),
                    CancellationToken.None);
                await scope.ServiceProvider.GetRequiredService<DeleteUser>().ExecuteAsync(
                    new(created.Value.Id, VersionCondition.None), CancellationToken.None);
                changes += 2;
            }
        });

        var seen = new Dictionary<long, int>();
        string? cursor = null;
        do
        {
            var page = await ListAsync(services, new() { Sort = Sort(sort), PageSize = 200, Cursor = Cursor.Parse(cursor) });
            foreach (var user in page.Items.Where(user => !user.Email.EndsWith("@walk.example", StringComparison.Ordinal)))
                seen[user.Id] = seen.GetValueOrDefault(user.Id) + 1;
            cursor = page.NextCursor;
        }
        while (cursor is not null);
        await stop.CancelAsync();
        await other;
        Console.WriteLine(
            $"walk by {sort,-10} {seen.Count} users seen, {seen.Count(user => user.Value > 1)} twice, {users - seen.Count} missed, "
            + $"{changes} changes meanwhile");
        if (seen.Count != users || seen.Values.Any(times => times > 1)) Environment.ExitCode = 1;
    }

    private static async Task<string> CursorAfterAsync(ServiceProvider services, string sort, int rows)
    {
        string? cursor = null;
        for (var row = 0; row < rows; row += 200)
            cursor = (await ListAsync(services, new() { Sort = Sort(sort), PageSize = 200, Cursor = Cursor.Parse(cursor) })).NextCursor;
        return cursor!;
    }

    private static async Task<double> TimeAsync(ServiceProvider services, ListUsersQuery query)
    {
        var watch = Stopwatch.GetTimestamp();
        await ListAsync(services, query);
        return Stopwatch.GetElapsedTime(watch).TotalMilliseconds;
    }

    private static async Task<Page<UserDto>> ListAsync(ServiceProvider services, ListUsersQuery query)
    {
        await using var scope = services.CreateAsyncScope();
        return (await scope.ServiceProvider.GetRequiredService<ListUsers>().ExecuteAsync(query, CancellationToken.None)).Value;
    }

    private static double Median(List<double> values) => values.Order().ElementAt(values.Count / 2);

    private static User New(string email, string? name, DateTimeOffset created)
    {
        _ = EmailAddress.TryParse(email, out var address, out _);
        UserName? parsed = null;
        if (name is not null) _ = UserName.TryParse(name, out parsed, out _);
        return User.Create(new UserDetails(address!, parsed, 36, UserRole.User, UserStatus.Active), created, "benchmark");
    }

    private sealed class BenchmarkCaller : ICaller
    {
        public string Name => "benchmark";

        public bool IsAnonymous => false;

        public bool Has(string scope) => true;
    }

    private static UserSort Sort(string text) => new(Enum.Parse<UserSortKey>(text.TrimStart('-'), ignoreCase: true), text.StartsWith('-'));
}
