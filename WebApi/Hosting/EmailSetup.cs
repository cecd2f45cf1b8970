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
        builder.Services.AddEmailDelivery(options, smtp);
    }
}
