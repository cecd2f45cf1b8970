using CleanUsers.Domain.Users;

namespace CleanUsers.Domain.Scim;

/// <summary>The form in which SCIM compares the names of users.</summary>
public static class ScimText
{
    /// <summary>
    /// What two spellings of one name share: those of an address its <see cref="EmailAddress.Key"/>, so that the name of a user can be compared with
    /// the address of another; of any other text NFC and lower case.
    /// </summary>
    public static string Key(string text) => EmailAddress.TryParse(text, out var address, out _) ? address.Key : text.ToLowerNfc();
}
