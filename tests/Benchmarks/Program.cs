using BenchmarkDotNet.Running;
using CleanUsers.Benchmarks;
using CleanUsers.Infrastructure.Persistence;

if (args is ["pages", .. var rest])
{
    await Pages.RunAsync(
        rest is [var users, ..] ? int.Parse(users, null) : 100_000,
        rest is [_, var provider, _] ? Enum.Parse<DatabaseProvider>(provider) : DatabaseProvider.Sqlite,
        rest is [_, _, var connectionString] ? connectionString : null);
    return;
}

if (args is ["requests", .. var database])
{
    await Requests.RunAsync(
        database is [var size, ..] ? int.Parse(size, null) : 100_000,
        database is [_, var name, _] ? Enum.Parse<DatabaseProvider>(name) : DatabaseProvider.Sqlite,
        database is [_, _, var connection] ? connection : null);
    return;
}

if (args is [Requests.Bare, .. var urls])
{
    await Requests.ServeAsync(urls);
    return;
}

if (args is ["logging", .. var times])
{
    await Logging.RunAsync(times is [var rounds] ? int.Parse(rounds, null) : 10);
    return;
}

if (args is ["people", var count])
{
    await using var output = new StreamWriter(Console.OpenStandardOutput());
    await People.WriteAsync(int.Parse(count, null), output);
    return;
}

BenchmarkSwitcher.FromAssembly(typeof(Parsing).Assembly).Run(args);
