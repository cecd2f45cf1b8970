namespace CleanUsers.Domain;

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
