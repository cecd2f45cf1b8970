using CleanUsers.Infrastructure;
using CleanUsers.Infrastructure.Emails;

namespace CleanUsers.WebApi.Hosting;

internal static class EmailSetup
{
    private const string Smtp = nameof(Smtp);

    /// <exception cref="ConfigurationException">The configuration is not one to send emails with.</exception>
    public static void AddEmailDelivery(this WebApplicationBuilder builder)
    {
        var options = builder.Configuration.ReadSection<EmailOptions>(EmailOptions.Section, foreign: Smtp);
        var smtp = builder.Configuration.ReadSection<SmtpOptions>(SmtpOptions.Section);
        if (options.Delivery == Infrastructure.Emails.EmailDelivery.Smtp && smtp.Host.Length == 0)
            throw new ConfigurationException($"{SmtpOptions.Section}:{nameof(SmtpOptions.Host)}", "missing", "the name of a mail server");
        builder.Services.AddEmailDelivery(options, smtp);
    }
}
