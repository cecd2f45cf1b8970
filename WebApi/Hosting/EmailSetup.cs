using CleanUsers.Infrastructure;
using CleanUsers.Infrastructure.Emails;

namespace CleanUsers.WebApi.Hosting;

internal static class EmailSetup
{
    private const string Smtp = nameof(Smtp);

    public static void AddEmailDelivery(this WebApplicationBuilder builder)
    {
        var options = builder.AddSettings<EmailOptions>(EmailOptions.Section, Smtp);
        var smtp = builder.AddSettings<SmtpOptions>(SmtpOptions.Section);
        if (options.Delivery == Infrastructure.Emails.EmailDelivery.Smtp && smtp.Host.Length == 0)
            builder.Errors().Add($"{SmtpOptions.Section}:{nameof(SmtpOptions.Host)}", "missing", "the name of a mail server");
        if (smtp.Username is null != smtp.Password is null)
        {
            var (missing, other) = smtp.Password is null ? (nameof(SmtpOptions.Password), nameof(SmtpOptions.Username))
                : (nameof(SmtpOptions.Username), nameof(SmtpOptions.Password));
            builder.Errors().Add($"{SmtpOptions.Section}:{missing}", "missing", $"what goes with {SmtpOptions.Section}:{other}");
        }

        builder.Services.AddEmailDelivery(options, smtp);
    }
}
