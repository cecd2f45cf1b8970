namespace CleanUsers.Domain;

/// <summary>Why a value was refused.</summary>
/// <param name="Code">A stable code for programs, such as <c>too-long</c>.</param>
/// <param name="Detail">One sentence for people.</param>
public sealed record Fault(string Code, string Detail);
