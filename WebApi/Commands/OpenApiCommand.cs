using System.CommandLine;

namespace CleanUsers.WebApi.Commands;

/// <summary>Prints the description of the service; needs neither configuration nor database.</summary>
internal sealed class OpenApiCommand : ServiceCommand
{
    private const string Current = "3.1";
    private const string Older = "3.0";

    public OpenApiCommand()
        : base("openapi", "Prints the description of the service.", $"openapi --version {Older} > cleanusers.json")
    {
        var version = new Option<string>("--version") { Description = "Of OpenAPI.", DefaultValueFactory = _ => Current };
        version.Validators.Add(typed =>
        {
            if (typed.GetValueOrDefault<string>() is not (Current or Older)) typed.AddError($"{version.Name}: Version must be {Current} or {Older}.");
        });
        Add(version);
        SetAction(async (typed, ct) =>
        {
            await using var output = Console.OpenStandardOutput();
            await output.WriteAsync(await OpenApi.Description.ReadAsync(older: typed.GetValue(version) == Older), ct);
        });
    }
}
