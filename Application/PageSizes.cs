namespace CleanUsers.Application;

/// <summary>How many items of a collection a client may have at once.</summary>
public static class PageSizes
{
    public const int Max = 200;
    public const int Default = 50;

    public static Parsed<int> Parse(long number) => number is >= 1 and <= Max
        ? (int)number
        : Parsed.Rejected<int>("out-of-range", $"PageSize must be between 1 and {Max}.");
}
