namespace CleanUsers.Benchmarks;

/// <summary>
/// What logging costs: CPU time of the service per request (a user by its id: the cheaper the request, the larger the share) with its log and
/// without any, two processes loaded in turn. Prints the share of each round and their median, and fails where that is over a tenth or where
/// lines and requests are not as many.
/// </summary>
internal static class Logging
{
    private const double MaxShare = 0.10;

    private static readonly TimeSpan Warmup = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Round = TimeSpan.FromSeconds(2);

    public static async Task RunAsync(int rounds)
    {
        using var logging = await LoadedService.StartAsync();
        using var silent = await LoadedService.StartAsync("Logging:LogLevel:Default=None", "Logging:LogLevel:Microsoft.AspNetCore=None");
        await logging.LoadAsync(Warmup);
        await silent.LoadAsync(Warmup);

        var shares = new List<double>();
        for (var i = 1; i <= rounds; i++)
        {
            var with = await logging.LoadAsync(Round);
            var without = await silent.LoadAsync(Round);
            shares.Add((with - without) / with);
            Console.WriteLine($"{i,2}: {with,6:0.0} µs of CPU a request with the log, {without,6:0.0} µs without: share {shares[^1]:0.0%}");
        }

        var share = shares.Order().ElementAt(shares.Count / 2);
        var lines = (await logging.EndAsync()).Count(line => line.Contains("\"durationMs\":", StringComparison.Ordinal));
        Console.WriteLine(
            $"logging is {share:0.0%} of a request's CPU time (median of {rounds}); {logging.Requests} requests, {lines} lines about requests");
        if (share > MaxShare || lines != logging.Requests) Environment.ExitCode = 1;
    }
}
