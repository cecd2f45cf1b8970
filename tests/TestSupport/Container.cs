using DotNet.Testcontainers.Builders;
using DotNet.Testcontainers.Containers;

namespace CleanUsers.TestSupport;

/// <summary>Servers in containers, where Docker is available.</summary>
internal static class Container
{
    public const string PostgreSqlImage = "postgres:17";

    public const string SqlServerImage = "mcr.microsoft.com/mssql/server:2022-latest";

    /// <summary>The container, which the library removes when the tests have ended, or the reason for its absence.</summary>
    public static async Task<(T? Container, string? Absence)> StartAsync<T>(Func<T> build)
        where T : class, IContainer
    {
        try
        {
            var container = build();
            await container.StartAsync();
            return (container, null);
        }
        catch (DockerUnavailableException)
        {
            return (null, "Docker is not available");
        }
    }
}
