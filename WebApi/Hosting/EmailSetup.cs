using CleanUsers.Infrastructure;
using CleanUsers.Infrastructure.Emails;

namespace CleanUsers.WebApi.Hosting;

internal static class EmailSetup
{
    private const string Smtp = nameof(Smtp);
    private const string Username = $"{SmtpOptions.Section}:{nameof(SmtpOptions.Username)}";
    private const string Password = $"{SmtpOptions.Section}:{nameof(SmtpOptions.Password)}";

    public static void AddEmailDelivery(this WebApplicationBuilder builder)
    {
        var options = builder.AddSettings<EmailOptions>(EmailOptions.Section, Smtp);
        var smtp = builder.AddSettings<SmtpOptions>(SmtpOptions.Section);
        if (options.Delivery == EmailTransport.Smtp && smtp.Host.Length == 0)
            builder.Errors().Add($"{SmtpOptions.Section}:{nameof(SmtpOptions.Host)}", "missing", "the name of a mail server");
        var (hasUsername, hasPassword) = (!string.IsNullOrEmpty(smtp.Username), !string.IsNullOrEmpty(smtp.Password));
        if (hasUsername && !hasPassword) builder.Errors().Add(Password, "missing", $"the password of {Username}");
        if (hasPassword && !hasUsername) builder.Errors().Add(Username, "missing", $"the user of {Password}");
        builder.Services.AddEmailDelivery(options, smtp);
    }
}
