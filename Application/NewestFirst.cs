using FluentValidation;

namespace CleanUsers.Application;

/// <summary>A query of a list that is sorted by one number alone, the highest first.</summary>
public abstract record NewestFirstQuery(Parsed<int> PageSize, Parsed<Cursor?> Cursor)
{
    /// <summary>What a cursor belongs to.</summary>
    internal abstract string Fingerprint { get; }

    /// <summary>The number that the page before ended with; null for the first page.</summary>
    internal long? Before => Cursor.Value?.Place.Id;

    /// <summary>One item more than the page has shows whether there is a next page.</summary>
    internal int Limit => PageSize.Value + 1;

    /// <param name="found">What there is from <see cref="Before"/> on, up to <see cref="Limit"/>.</param>
    /// <param name="number">What the list is sorted by.</param>
    /// <param name="map">Maps an item, which is followed by another one, or by null.</param>
    internal Page<TDto> ToPage<T, TDto>(IReadOnlyList<T> found, Func<T, long> number, Func<T, T?, TDto> map)
        where T : class
    {
        var size = PageSize.Value;
        var next = found.Count > size ? Application.Cursor.Encode(new(number(found[size - 1]), Value: null), Fingerprint) : null;
        return new([.. found.Take(size).Select((item, i) => map(item, found.ElementAtOrDefault(i + 1)))], next);
    }
}

internal abstract class NewestFirstValidator<T> : AbstractValidator<T>
    where T : NewestFirstQuery
{
    protected NewestFirstValidator()
    {
        RuleFor(query => query.PageSize).IsAccepted();
        RuleFor(query => query.Cursor).IsAccepted();
        RuleFor(query => query.Cursor).Custom((cursor, context) =>
        {
            if (cursor.Error is not null || cursor.Value is not { } sent) return;
            if (sent.Place.Value is not null || !sent.BelongsTo(context.InstanceToValidate.Fingerprint)) context.AddError(Cursor.Invalid);
        });
    }
}
