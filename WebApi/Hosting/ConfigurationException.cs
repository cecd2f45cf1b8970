namespace CleanUsers.WebApi.Hosting;

/// <summary>A value of the configuration that the service can't start with.</summary>
/// <param name="key">Its key, such as <c>Http:MaxBodyBytes</c>.</param>
/// <param name="found">What stands there; never a secret.</param>
/// <param name="allowed">What may stand there.</param>
internal sealed class ConfigurationException(string key, string found, string allowed)
    : Exception($"Invalid configuration: {key} is {found} (allowed: {allowed}).")
{
    /// <summary>EX_CONFIG of sysexits.h.</summary>
    public const int ExitCode = 78;
}
