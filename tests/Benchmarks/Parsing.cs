using BenchmarkDotNet.Attributes;
using CleanUsers.Domain.Users;

namespace CleanUsers.Benchmarks;

/// <summary>What every write and every filter by address pays before it reaches the database.</summary>
[MemoryDiagnoser]
public class Parsing
{
    [Params("ada.lovelace@example.org", "rené@bücher.example")]
    public string Email { get; set; } = "";

    [Benchmark]
    public bool ParseEmail() => EmailAddress.TryParse(Email, out _, out _);

    [Benchmark]
    public bool ParseName() => UserName.TryParse(Email, out _, out _);
}
