using System.Diagnostics.Metrics;

namespace CleanUsers.WebApi.Security;

/// <summary>How often API keys were looked up, and rejected: a flood of keys that nobody has costs a look-up each.</summary>
internal static class ApiKeyMetrics
{
    private static readonly Meter Meter = new("CleanUsers.ApiKeys");

    private static long LookUps;
    private static long Malformed;
    private static long Invalid;

    // observed instead of counted up: so they are there, and 0, before the first one
    static ApiKeyMetrics()
    {
        Meter.CreateObservableCounter(
            "cleanusers.api_keys.lookups", () => Volatile.Read(ref LookUps), "{lookup}", "API keys looked up in the database.");
        Meter.CreateObservableCounter(
            "cleanusers.api_keys.rejections",
            () => (Measurement<long>[])[Of("malformed", Volatile.Read(ref Malformed)), Of("invalid", Volatile.Read(ref Invalid))], "{request}",
            "Requests with an API key that was rejected.");
    }

    /// <summary>Makes the metrics; further calls do nothing.</summary>
    public static void Create() => Add(ref LookUps, 0);

    public static void LookUp() => Add(ref LookUps, 1);

    /// <summary>The checksum is wrong: there is no query.</summary>
    public static void RejectMalformed() => Add(ref Malformed, 1);

    /// <summary>The key is unknown, revoked or expired.</summary>
    public static void RejectInvalid() => Add(ref Invalid, 1);

    private static void Add(ref long total, int number) => Interlocked.Add(ref total, number);

    private static Measurement<long> Of(string reason, long number) => new(number, new KeyValuePair<string, object?>("reason", reason));
}
