using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Net;
using System.Threading.RateLimiting;
using CleanUsers.WebApi.Hosting;
using Microsoft.AspNetCore.RateLimiting;
using Microsoft.Extensions.Options;

namespace CleanUsers.WebApi.Security;

/// <summary>Section <c>RateLimiting</c> of the configuration.</summary>
internal sealed class RateLimitingOptions
{
    public const string Section = "RateLimiting";

    public bool Enabled { get; init; } = true;

    /// <summary>How many requests a caller may send a second, permanently.</summary>
    [Range(1, 100_000)]
    public int PermitsPerSecond { get; init; } = 100;

    /// <summary>How many it may send at once after a pause.</summary>
    [Range(1, 100_000)]
    public int Burst { get; init; } = 200;
}

/// <summary>
/// A bucket of permits for each caller, which fills up steadily: a request without a permit gets 429. Every response shows how many are left
/// (draft-ietf-httpapi-ratelimit-headers-11).
/// </summary>
internal static class RateLimiting
{
    /// <summary>
    /// At most so many buckets are kept for callers without a token, however many addresses they come from; two that fall into one share it.
    /// A bucket that has been full for ten seconds is forgotten.
    /// </summary>
    internal const int MaxAddresses = 1 << 16;

    public static WebApplicationBuilder AddRateLimiting(this WebApplicationBuilder builder)
    {
        var options = builder.AddSettings<RateLimitingOptions>(RateLimitingOptions.Section);
        if (options.Enabled)
        {
            builder.Services.AddRateLimiter(limiter =>
            {
                limiter.RejectionStatusCode = StatusCodes.Status429TooManyRequests;
                limiter.GlobalLimiter = PartitionedRateLimiter.Create(PerCaller(options));
            });
        }

        return builder;
    }

    /// <summary>After authentication, which identifies the caller, and before everything else that is expensive.</summary>
    public static void UseRateLimiting(this WebApplication app)
    {
        var options = app.Services.GetRequiredService<IOptions<RateLimitingOptions>>().Value;
        if (!options.Enabled) return;

        var limiter = app.Services.GetRequiredService<IOptions<RateLimiterOptions>>().Value.GlobalLimiter!;
        var window = (options.Burst + options.PermitsPerSecond - 1) / options.PermitsPerSecond;
        var policy = string.Create(CultureInfo.InvariantCulture, $"\"default\";q={options.Burst};w={window}");
        Func<object, Task> addHeaders = AddHeaders;
        app.Use((context, next) =>
        {
            var isLimited = context.GetEndpoint()?.Metadata.GetMetadata<DisableRateLimitingAttribute>() is null;
            if (isLimited) context.Response.OnStarting(addHeaders, context); // late, so that an error response keeps the headers
            return next(context);
        });
        app.UseRateLimiter();

        Task AddHeaders(object state)
        {
            var context = (HttpContext)state;
            var left = limiter.GetStatistics(context)!.CurrentAvailablePermits;
            context.Response.Headers["RateLimit-Policy"] = policy;
            // after a second there are more, since there is at least one permit a second
            context.Response.Headers["RateLimit"] = string.Create(CultureInfo.InvariantCulture, $"\"default\";r={left};t=1");
            return Task.CompletedTask;
        }
    }

    internal static Func<HttpContext, RateLimitPartition<Caller>> PerCaller(RateLimitingOptions options)
    {
        var bucket = new TokenBucketRateLimiterOptions
        {
            TokenLimit = options.Burst,
            TokensPerPeriod = 1,
            ReplenishmentPeriod = TimeSpan.FromSeconds(1) / options.PermitsPerSecond,
            QueueLimit = 0,
            AutoReplenishment = false, // one timer fills all buckets: that of the partitions
        };
        Func<Caller, RateLimiter> make = _ => new TokenBucketRateLimiter(bucket);
        return context => RateLimitPartition.Get(Caller.Of(context), make);
    }

    /// <summary>The subject of a token, or else where the request comes from, as one of <see cref="MaxAddresses"/> numbers.</summary>
    internal readonly record struct Caller(string? Subject, int Address)
    {
        public static Caller Of(HttpContext context) => HttpCaller.Subject(context.User) is { } subject
            ? new(subject, 0)
            : new(null, NumberOf(context.Connection.RemoteIpAddress ?? IPAddress.None));

        /// <summary>An IPv6 client owns a network of 64 bits, all of whose addresses are one caller.</summary>
        private static int NumberOf(IPAddress address)
        {
            Span<byte> bytes = stackalloc byte[16];
            address.TryWriteBytes(bytes, out var length);
            var hash = new HashCode(); // seeded at startup: no client can find out which addresses share a bucket
            hash.AddBytes(address.IsIPv4MappedToIPv6 ? bytes[12..] : bytes[..Math.Min(length, 8)]);
            return hash.ToHashCode() & (MaxAddresses - 1);
        }
    }
}
