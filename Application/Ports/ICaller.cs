namespace CleanUsers.Application.Ports;

/// <summary>Who is acting.</summary>
public interface ICaller
{
    /// <summary>
    /// The subject of a token, <c>anonymous</c>, <c>cli:</c> and a user of the operating system, or <c>service</c>; at most 255 characters.
    /// </summary>
    string Name { get; }
}
