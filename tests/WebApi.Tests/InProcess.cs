using System.Reflection;
using Microsoft.Data.Sqlite;

namespace CleanUsers.WebApi.Tests;

/// <summary>
/// The whole program in the process of the tests: an own process takes 2 s of CPU time to start, because everything is compiled again. A run
/// has the console, the environment and the working directory to itself, so the tests that use it are in this collection, which runs alone.
/// What a command writes to the stream of standard output (an export, a description) is not seen here.
/// </summary>
[CollectionDefinition(nameof(InProcess), DisableParallelization = true)]
public sealed class InProcess
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(120);

    /// <summary>What the machine of the tests may have in its environment, and production.</summary>
    private static readonly (string Name, string? Value)[] Defaults =
        [("PORT", null), ("ASPNETCORE_URLS", null), ("ASPNETCORE_HTTP_PORTS", null), ("ASPNETCORE_ENVIRONMENT", "Production")];

    /// <summary>Runs a command to its end.</summary>
    /// <param name="environment">Added to the environment.</param>
    /// <param name="arguments">The command line.</param>
    public static Task<(int Code, string Output, string Error)> RunAsync(
        IReadOnlyCollection<(string Name, string Value)> environment, params string[] arguments) =>
        RunAsync(Environment.CurrentDirectory, environment, arguments);

    /// <summary>Runs a command to its end, in a folder.</summary>
    /// <param name="folder">The working directory.</param>
    /// <param name="environment">Added to the environment.</param>
    /// <param name="arguments">The command line.</param>
    public static async Task<(int Code, string Output, string Error)> RunAsync(
        string folder, IReadOnlyCollection<(string Name, string Value)> environment, params string[] arguments)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
#pragma warning disable RS0030 // what is written to standard error is what these tests read
        var (outputBefore, errorBefore) = (Console.Out, Console.Error);
#pragma warning restore RS0030
        (string Name, string? Value)[] variables = [.. Defaults, .. environment];
        var before = variables.Select(variable => (variable.Name, Value: Environment.GetEnvironmentVariable(variable.Name))).ToList();
        var folderBefore = Environment.CurrentDirectory;
        try
        {
            Console.SetOut(output);
            Console.SetError(error);
            Environment.CurrentDirectory = folder;
            foreach (var (name, value) in variables) Environment.SetEnvironmentVariable(name, value);
            var code = await Task.Run(() => RunProgram(arguments)).WaitAsync(Timeout);
            return (code, output.ToString(), error.ToString());
        }
        finally
        {
            foreach (var (name, value) in before) Environment.SetEnvironmentVariable(name, value);
            Environment.CurrentDirectory = folderBefore;
            Console.SetOut(outputBefore);
            Console.SetError(errorBefore);
            SqliteConnection.ClearAllPools(); // the next run's data/cleanusers.db is another file of the same name
        }
    }

    private static int RunProgram(string[] arguments) =>
        (int)typeof(Program).Assembly.EntryPoint!.Invoke(null, BindingFlags.DoNotWrapExceptions, null, [arguments], null)!;
}
