using CleanUsers.WebApi.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Console;
using Microsoft.Extensions.Options;

namespace CleanUsers.WebApi.Tests;

/// <summary>The form of the framework's log on a console, in Development and of commands.</summary>
public sealed class ConsoleForm
{
    [Theory]
    [InlineData("json", "--Logging:Console:FormatterName=json")]
    [InlineData("simple")]
    public async Task Form_is_that_of_the_configuration(string form, params string[] settings)
    {
        await using var app = CommandHost.CreateBuilder(settings).Build();
        Assert.Equal(form, app.Services.GetRequiredService<IOptions<ConsoleLoggerOptions>>().Value.FormatterName);
    }
}
