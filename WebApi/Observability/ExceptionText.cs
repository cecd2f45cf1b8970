using System.Text;
using System.Text.RegularExpressions;

namespace CleanUsers.WebApi.Observability;

/// <summary>
/// Exceptions in a form that is safe to log. The messages of drivers contain values, such as SQL Server's "The duplicate key value is
/// (ada@example.org)": so what is in quotes or brackets, and what has an @, is left out.
/// </summary>
internal static partial class ExceptionText
{
    /// <summary>Type, message and stack, from the outermost exception to its cause.</summary>
    public static string Of(Exception exception)
    {
        var text = new StringBuilder();
        for (var cause = exception; cause is not null; cause = cause.InnerException)
        {
            if (text.Length > 0) text.Append("\ncaused by ");
            text.Append(cause.GetType().FullName).Append(": ").Append(WithoutValues(cause.Message));
            if (cause.StackTrace is { } stack) text.Append('\n').Append(stack);
        }

        return text.ToString();
    }

    public static string WithoutValues(string message) => Values().Replace(message, "…");

    // SQLite's driver puts the whole message in quotes, and there are no values in it
    [GeneratedRegex("""(?<!SQLite Error \d+: )'[^']*'|"[^"]*"|\([^)]*\)|\S*@\S*""", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Values();
}
