using BenchmarkDotNet.Attributes;
using CleanUsers.Domain.Users;

namespace CleanUsers.Benchmarks;

/// <summary>The cost of parsing in every write and every filter by address.</summary>
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
