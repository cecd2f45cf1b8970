using CleanUsers.Domain;

namespace CleanUsers.Application;

/// <summary>
/// A member of a command, parsed once on its way in: its value, or why it was rejected. A validator rejects a command that has a rejected member, so
/// after validation every <see cref="Value"/> exists.
/// </summary>
public readonly record struct Parsed<T>
{
    private readonly T _value;

    private Parsed(T value, InvalidValue? error) => (_value, Error) = (value, error);

    public InvalidValue? Error { get; }

    /// <exception cref="InvalidOperationException">The value was rejected.</exception>
    public T Value => Error is null ? _value : throw new InvalidOperationException($"The value was rejected: {Error.Detail}");

    /// <summary>Parses on; a rejected value stays rejected for its first reason.</summary>
    public Parsed<TNext> Then<TNext>(Func<T, Parsed<TNext>> parse)
    {
        ArgumentNullException.ThrowIfNull(parse);
        return Error is null ? parse(_value) : Parsed<TNext>.Rejected(Error);
    }

    internal static Parsed<T> Rejected(InvalidValue error) => new(default!, error);

    public static implicit operator Parsed<T>(T value) => new(value, null);
}

public static class Parsed
{
    /// <summary>For interfaces, which no conversion can be defined for.</summary>
    public static Parsed<T> Accepted<T>(T value) => value;

    public static Parsed<T> Rejected<T>(InvalidValue error) => Parsed<T>.Rejected(error);

    public static Parsed<T> Rejected<T>(string code, string detail) => Parsed<T>.Rejected(new InvalidValue(code, detail));
}

/// <summary>
/// A member that has the wrong shape, such as a number where text belongs. The reader of the command reports it, together with errors that only a
/// reader finds (an unknown member); the validator does not report it again.
/// </summary>
public sealed record ShapeError(string Code, string Detail) : InvalidValue(Code, Detail);
