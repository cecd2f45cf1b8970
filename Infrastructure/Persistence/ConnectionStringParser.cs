using System.Data.Common;
using System.Text.RegularExpressions;

namespace CleanUsers.Infrastructure.Persistence;

/// <summary>
/// Parses a connection string by the rules of its driver. The messages of the drivers repeat values, and one of them may be a password, so the
/// mistake is described here: with keywords that the driver has, and with others only where they can't be a part of a password.
/// </summary>
internal static partial class ConnectionStringParser
{
    /// <exception cref="ConnectionStringException">The driver rejects it.</exception>
    public static T Parse<T>(string connectionString)
        where T : DbConnectionStringBuilder, new()
    {
        try
        {
            return new T { ConnectionString = connectionString };
        }
        catch (Exception exception) when (IsRejection(exception))
        {
            throw new ConnectionStringException(FindMistake(connectionString, new T()));
        }
    }

    private static string FindMistake(string connectionString, DbConnectionStringBuilder driver)
    {
        var given = new DbConnectionStringBuilder();
        try
        {
            given.ConnectionString = connectionString;
        }
        catch (ArgumentException)
        {
            return "is not in the form 'keyword=value;keyword=value'";
        }

        List<string> known = [];
        foreach (var keyword in given.Keys.Cast<string>())
        {
            if (!driver.ContainsKey(keyword)) return DescribeUnknown(keyword, known);
            known.Add(keyword);
            try
            {
                driver[keyword] = given[keyword];
            }
            catch (Exception exception) when (IsRejection(exception))
            {
                return $"has an invalid value of '{keyword}'";
            }
        }

        return "is not valid";
    }

    /// <summary>A value ends at a semicolon, unless it is in quotes: the rest of a password passes for a keyword.</summary>
    private static string DescribeUnknown(string keyword, List<string> before)
    {
        if (Words.IsMatch(keyword) && !before.Any(Password.IsMatch)) return $"has the unknown keyword '{keyword}'";
        return before is []
            ? "begins with an unknown keyword"
            : $"has an unknown keyword after '{before[^1]}' (a value with a semicolon must be in quotes)";
    }

    /// <summary>What the drivers throw, which differs by driver and by value.</summary>
    private static bool IsRejection(Exception exception) =>
        exception is ArgumentException or FormatException or OverflowException or KeyNotFoundException;

    [GeneratedRegex("^[a-z ]+$", RegexOptions.NonBacktracking)]
    private static partial Regex Words { get; }

    [GeneratedRegex("pass|^pwd$|^psw$", RegexOptions.NonBacktracking)]
    private static partial Regex Password { get; }
}

/// <summary>A connection string with which no database can be reached.</summary>
/// <param name="mistake">What is wrong, as the rest of a sentence about the connection string, without a value of it.</param>
public sealed class ConnectionStringException(string mistake) : Exception($"The connection string {mistake}.")
{
    public string Mistake => mistake;
}
