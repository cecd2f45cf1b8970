using System.Globalization;

namespace CleanUsers.Benchmarks;

/// <summary>A file to import: as many users as one likes, always the same, no two with one address. Names repeat as they do among people.</summary>
internal static class People
{
    private const string Consonants = "bcdfghjklmnprstvwz";
    private const string Vowels = "aeiouy";

    public static async Task WriteAsync(int users, TextWriter output)
    {
        var random = new Random(1);
        var (first, last) = (Words(3_000, 2, 3), Words(30_000, 2, 4));
        for (var i = 0; i < users; i++)
        {
            var (given, family) = (first[random.Next(first.Length)], last[random.Next(last.Length)]);
            var email = string.Create(
                CultureInfo.InvariantCulture, $"{given}.{family}{random.Next(1_000_000)}.{i}@mail{random.Next(1_000)}.example.org");
            await output.WriteLineAsync(string.Create(
                CultureInfo.InvariantCulture, $$"""{"email":"{{email}}","name":"{{given}} {{family}}","age":{{random.Next(16, 100)}}}"""));
        }

        string[] Words(int count, int fewest, int most) => [.. Enumerable.Range(0, count).Select(_ =>
        {
            var syllables = Enumerable.Range(0, random.Next(fewest, most + 1))
                .SelectMany(_ => (char[])[Consonants[random.Next(Consonants.Length)], Vowels[random.Next(Vowels.Length)]]).ToArray();
            return $"{char.ToUpperInvariant(syllables[0])}{new string(syllables[1..])}";
        })];
    }
}
