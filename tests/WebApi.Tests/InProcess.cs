namespace CleanUsers.WebApi.Tests;

/// <summary>
/// The whole program in the process of the tests, for tests of many commands: a process of its own takes about a second to start. It has
/// the console and the environment to itself, so tests that use it are in this collection, which runs alone.
/// </summary>
[CollectionDefinition(nameof(InProcess), DisableParallelization = true)]
public sealed class InProcess
{
    /// <summary>Runs it to its end.</summary>
    /// <param name="environment">What else is in the environment.</param>
    /// <param name="arguments">What is typed.</param>
    public static async Task<(int Code, string Output, string Error)> RunAsync(
        IReadOnlyCollection<(string Name, string Value)> environment, params string[] arguments)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
#pragma warning disable RS0030 // what is written to standard error is what these tests read
        var (outputBefore, errorBefore) = (Console.Out, Console.Error);
#pragma warning restore RS0030
        var before = environment.Select(variable => (variable.Name, Value: Environment.GetEnvironmentVariable(variable.Name))).ToList();
        try
        {
            Console.SetOut(output);
            Console.SetError(error);
            foreach (var (name, value) in environment) Environment.SetEnvironmentVariable(name, value);
            var code = await Task.Run(() => (int)typeof(Program).Assembly.EntryPoint!.Invoke(null, [arguments])!);
            return (code, output.ToString(), error.ToString());
        }
        finally
        {
            foreach (var (name, value) in before) Environment.SetEnvironmentVariable(name, value);
            Console.SetOut(outputBefore);
            Console.SetError(errorBefore);
        }
    }
}
