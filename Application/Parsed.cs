using CleanUsers.Domain;
using FluentValidation;
using FluentValidation.Results;

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

    /// <summary>The member must have been parsed.</summary>
    internal static void IsAccepted<T, TValue>(this IRuleBuilder<T, Parsed<TValue>> rule) => rule.Custom((member, context) =>
    {
        if (member.Error is { } error) context.AddError(error);
    });

    /// <summary>The member must be absent, or have been parsed.</summary>
    internal static void IsAcceptedOrAbsent<T, TValue>(this IRuleBuilder<T, Optional<Parsed<TValue>>> rule) => rule.Custom((member, context) =>
    {
        if (member.HasValue && member.Value.Error is { } error) context.AddError(error);
    });

    internal static void AddError<T>(this ValidationContext<T> context, InvalidValue error) =>
        context.AddFailure(new ValidationFailure(context.PropertyPath, error.Detail) { ErrorCode = error.Code, CustomState = error });
}

/// <summary>
/// A value that may be absent, which is not the same as null: in a merge patch (RFC 7396) an absent member
/// stays as it is, and <c>null</c> clears it. <c>default</c> is absent.
/// </summary>
public readonly record struct Optional<T>
{
    private readonly T _value;

    public Optional(T value) => (HasValue, _value) = (true, value);

    public bool HasValue { get; }

    /// <exception cref="InvalidOperationException">The value is absent.</exception>
    public T Value => HasValue ? _value : throw new InvalidOperationException("The value is absent.");

    public T Or(T fallback) => HasValue ? _value : fallback;

    public Optional<TOther> Map<TOther>(Func<T, TOther> map) => HasValue ? new(map(_value)) : default;

    public static implicit operator Optional<T>(T value) => new(value);
}

/// <summary>
/// A member that has the wrong shape, such as a number where text belongs. The reader of the command reports it, together with errors that only a
/// reader finds (an unknown member); the validator does not report it again.
/// </summary>
public sealed record ShapeError(string Code, string Detail) : InvalidValue(Code, Detail);
