using System.Diagnostics;
using CleanUsers.WebApi.Hosting;
using Sentry.Extensibility;

namespace CleanUsers.WebApi.Observability;

/// <summary>Reports the service's own errors to Sentry, if <c>Sentry:Dsn</c> is set: what failed and its trace id, and no personal data.</summary>
internal static class ErrorReports
{
    private const string Section = "Sentry";
    private const string Key = $"{Section}:Dsn";

    public static WebApplicationBuilder AddErrorReports(this WebApplicationBuilder builder)
    {
        builder.Errors().AddKnownSection(Section);
        var dsn = builder.Configuration[Key];
        if (string.IsNullOrEmpty(dsn)) return builder;
        // not shown: it holds a key
        if (!Uri.TryCreate(dsn, UriKind.Absolute, out var address) || address.Scheme is not ("http" or "https") || address.UserInfo.Length == 0
            || address.AbsolutePath.Trim('/').Length == 0)
        {
            builder.Errors().Add(Key, "not valid", "a DSN, as Sentry shows it for a project");
            return builder;
        }

        builder.WebHost.UseSentry(sentry =>
        {
            sentry.Dsn = dsn;
            sentry.SendDefaultPii = false;
            sentry.MaxRequestBodySize = RequestSize.None;
            sentry.MaxBreadcrumbs = 0;
            sentry.AutoSessionTracking = false;
            sentry.AddExceptionFilterForType<BadHttpRequestException>(); // an error of the client
            sentry.SetBeforeSend(WithoutPersonalData);
        });
        return builder;
    }

    private static SentryEvent WithoutPersonalData(SentryEvent report)
    {
        // path, query and headers can hold an address, a name or a token; the route is in the transaction's name
        report.Request = new SentryRequest { Method = report.Request.Method };
        report.UnsetTag("RequestPath");
        report.User = new SentryUser();
        foreach (var exception in report.SentryExceptions ?? []) exception.Value = ExceptionText.WithoutValues(exception.Value ?? "");
        if (Activity.Current is { } activity) report.SetTag("traceId", activity.TraceId.ToHexString());
        return report;
    }
}
