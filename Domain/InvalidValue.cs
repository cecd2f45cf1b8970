namespace CleanUsers.Domain;

/// <summary>Why a value was rejected.</summary>
/// <param name="Code">A stable code for programs, such as <c>too-long</c>.</param>
/// <param name="Detail">One sentence for people.</param>
public record InvalidValue(string Code, string Detail);
