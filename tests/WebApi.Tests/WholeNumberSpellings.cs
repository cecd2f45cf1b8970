using System.Globalization;
using System.Numerics;
using System.Text;
using CleanUsers.WebApi.Http.Input;


namespace CleanUsers.WebApi.Tests;

/// <summary>Every JSON number with a whole value is read as an integer, in every spelling (JSON Schema's <c>integer</c>).</summary>
public sealed class WholeNumberSpellings
{
    private const int Seed = 20260101;

    private static readonly string[] Signs = ["", "+", "-"];

    public static TheoryData<string, long?> Extremes => new()
    {
        { "0", 0 }, { "-0", 0 }, { "-0.0e5", 0 }, { "0e999999999999999999999", 0 }, { "0e-999999999999999999999", 0 },
        { "30", 30 }, { "30.0", 30 }, { "3e1", 30 }, { "3.0e1", 30 }, { "300e-1", 30 }, { "1E+2", 100 }, { "1.5e1", 15 }, { "0.3E02", 30 },
        { "0.1", null }, { "1e-1", null }, { "1e-400", null }, { "150.000000000000000001", null }, { "1e-999999999999999999999", null },
        { "9223372036854775807", long.MaxValue }, { "9223372036854775808", long.MaxValue },
        { "-9223372036854775808", long.MinValue }, { "-9223372036854775809", long.MinValue },
        { "1e18", 1_000_000_000_000_000_000 }, { "1e19", long.MaxValue }, { "1e400", long.MaxValue }, { "-1e400", long.MinValue },
        { "1e999999999999999999999", long.MaxValue },
        { new string('9', 60_000), long.MaxValue }, { $"1e{new string('9', 60_000)}", long.MaxValue }, { $"1e-{new string('9', 60_000)}", null },
        { $"1{new string('0', 60_000)}e-60000", 1 }, { $"1e{new string('0', 60_000)}2", 100 },
        { $"0.{new string('0', 60_000)}7e60001", 7 }, { $"0.{new string('0', 60_000)}7e60000", null },
    };

    [Theory]
    [MemberData(nameof(Extremes))]
    public void Value_is_exact_and_a_too_large_one_is_the_largest(string number, long? expected) => Assert.Equal(expected, Read(number));

    [Fact]
    public void Generated_spellings_have_the_exact_value()
    {
        var random = new Random(Seed);
        var wrong = Enumerable.Range(0, 20_000).Select(_ => Spelling(random)).Where(number => Read(number) != Exactly(number)).Take(10).ToList();
        Assert.True(wrong.Count == 0, string.Join("\n", wrong.Select(number => $"{number}: {Read(number)}, not {Exactly(number)}")));
    }

    /// <returns>Null if the value is not whole.</returns>
    private static long? Read(string number)
    {
        Assert.True(JsonMembers.TryParse(Encoding.UTF8.GetBytes($$"""{"n":{{number}}}"""), "body", [], out var members, out _));
        var value = members.WholeNumber("n");
        Assert.Equal(value.Error is null ? [] : ["wrong-type"], members.Errors().Select(error => error.ErrorCode));
        return value.Error is null ? value.Value : null;
    }

    private static long? Exactly(string number)
    {
        var parts = number.ToUpperInvariant().Split('E');
        var digits = parts[0].Split('.');
        var fraction = digits.Length > 1 ? digits[1] : "";
        var (value, exponent) = (BigInteger.Parse(digits[0] + fraction, CultureInfo.InvariantCulture), -fraction.Length);
        if (parts.Length > 1) exponent += int.Parse(parts[1], CultureInfo.InvariantCulture);
        var power = BigInteger.Pow(10, Math.Abs(exponent));
        if (exponent < 0 && value % power != 0) return null;
        value = exponent < 0 ? value / power : value * power;
        return (long)BigInteger.Min(BigInteger.Max(value, long.MinValue), long.MaxValue);
    }

    private static string Spelling(Random random)
    {
        var number = new StringBuilder(random.Next(3) == 0 ? "-" : "");
        number.Append(random.Next(4) == 0 ? "0" : $"{random.Next(1, 10)}{Digits(random, 22)}");
        if (random.Next(2) == 0) number.Append(CultureInfo.InvariantCulture, $".{Digits(random, 12)}{random.Next(10)}");
        if (random.Next(2) == 0) number.Append(CultureInfo.InvariantCulture, $"{"eE"[random.Next(2)]}{Signs[random.Next(3)]}{random.Next(25)}");
        return number.ToString();
    }

    /// <summary>Mostly zeros, so that many fractions are whole.</summary>
    private static string Digits(Random random, int atMost) =>
        string.Concat(Enumerable.Range(0, random.Next(atMost)).Select(_ => random.Next(5) == 0 ? random.Next(10) : 0));
}
