namespace CleanUsers.WebApi.Hosting;

/// <summary>The service can't start with its configuration.</summary>
/// <param name="errors">A line for each wrong value, which names it.</param>
internal sealed class ConfigurationException(IReadOnlyList<string> errors) : Exception(string.Join(Environment.NewLine, errors))
{
    /// <summary>EX_CONFIG of sysexits.h.</summary>
    public const int ExitCode = 78;

    public IReadOnlyList<string> Errors => errors;
}
