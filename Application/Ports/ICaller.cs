namespace CleanUsers.Application.Ports;

/// <summary>Who is acting.</summary>
public interface ICaller
{
    /// <summary>
    /// The subject of a token, <c>key:</c> and the id of an API key, <c>anonymous</c>, <c>cli:</c> and a user of the operating system, or
    /// <c>service</c>; at most 255 characters.
    /// </summary>
    string Name { get; }

    /// <summary>True for a caller without a token, and for an API key that such a caller has made.</summary>
    bool IsAnonymous { get; }

    /// <summary>Whether the caller may do what the scope allows. A caller without a token that is accepted may do everything.</summary>
    bool Has(string scope);
}
