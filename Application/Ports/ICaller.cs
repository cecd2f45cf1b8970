namespace CleanUsers.Application.Ports;

/// <summary>Who is acting.</summary>
public interface ICaller
{
    /// <summary>The subject of a token, <c>anonymous</c>, or <c>cli:</c> and a user of the operating system; at most 255 characters.</summary>
    string Name { get; }
}
