using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace CleanUsers.Domain.Users;

/// <summary>What a user is called, for people to read: trimmed, NFC, on one line.</summary>
public sealed record UserName
{
    /// <summary>In code points of the trimmed NFC form, as JSON Schema counts <c>maxLength</c>.</summary>
    public const int MaxLength = 200;

    private UserName(string value) => Value = value;

    public string Value { get; }

    /// <param name="text">The name; white space around it does not count.</param>
    /// <param name="name">The name, if the text is one.</param>
    /// <param name="error">Why the text is not a name: <c>too-short</c>, <c>too-long</c> or <c>invalid-character</c>.</param>
    public static bool TryParse(string text, [NotNullWhen(true)] out UserName? name, [NotNullWhen(false)] out InvalidValue? error)
    {
        ArgumentNullException.ThrowIfNull(text);
        name = null;
        error = Validate(text, out var value);
        if (error is not null) return false;
        name = new UserName(value);
        return true;
    }

    public override string ToString() => Value;

    internal static UserName Stored(string value) => new(value);

    private static InvalidValue? Validate(string text, out string value)
    {
        value = "";
        if (!text.IsWellFormed()) return new("invalid-character", "Name must be Unicode text, without half surrogate pairs or U+FFFE.");
        value = text.Trim().Normalize(NormalizationForm.FormC);
        var length = 0;
        foreach (var rune in value.EnumerateRunes())
        {
            if (UnicodeText.IsControl(rune)) return new("invalid-character", "Name must not have control characters or line breaks.");
            if (UnicodeText.IsBidiOverride(rune))
                return new("invalid-character", "Name must not have characters that override the direction of text.");
            length++;
        }

        return length switch
        {
            0 => new("too-short", $"Name must have 1 to {MaxLength} characters, or be null."),
            > MaxLength => new("too-long", $"Name must have at most {MaxLength} characters."),
            _ => null,
        };
    }
}
