using CleanUsers.Application.Users;
using CleanUsers.Domain.ApiKeys;

namespace CleanUsers.Application.ApiKeys;

/// <summary>What clients send about API keys, parsed.</summary>
public static class ApiKeyInput
{
    /// <summary>By the rules of a user's name, but for null.</summary>
    public static Parsed<string> ParseName(string? text)
    {
        if (text is null) return Parsed.Rejected<string>("required", "Name is required.");
        return string.IsNullOrWhiteSpace(text)
            ? Parsed.Rejected<string>("too-short", $"Name must have 1 to {ApiKey.NameMaxLength} characters.")
            : UserInput.ParseName(text).Then<string>(name => name!.Value);
    }

    /// <summary>Null for a key that never expires.</summary>
    public static Parsed<DateTimeOffset?> ParseExpiresAt(string? text) => Rfc3339.Parse(text, "ExpiresAt");
}
