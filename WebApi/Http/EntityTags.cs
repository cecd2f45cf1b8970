using System.Globalization;
using CleanUsers.Application.Users;
using Microsoft.Extensions.Primitives;
using Microsoft.Net.Http.Headers;

namespace CleanUsers.WebApi.Http;

/// <summary>Entity tags (RFC 9110 section 8.8.3): the version of a user in quotes, strong.</summary>
internal static class EntityTags
{
    /// <summary>How <c>If-Match</c> compares: a weak tag never matches (RFC 9110 section 8.8.3.2).</summary>
    public const bool Strong = true;

    /// <summary>How <c>If-None-Match</c> compares: a weak tag matches like a strong one.</summary>
    public const bool Weak = false;

    public static string Of(long version) => string.Create(CultureInfo.InvariantCulture, $"\"{version}\"");

    /// <param name="header">The lines of the header.</param>
    /// <param name="strong">How its tags compare.</param>
    /// <param name="tags">The versions that it names, without tags that are none of ours; null where there is no header.</param>
    public static bool TryParse(StringValues header, bool strong, out Tags? tags)
    {
        tags = null;
        if (header.Count == 0) return true;
        if (!EntityTagHeaderValue.TryParseStrictList(header, out var values)) return false;
        if (values.Any(value => value.Equals(EntityTagHeaderValue.Any)))
        {
            tags = new Tags(Any: true, new HashSet<long>());
            return values.Count == 1;
        }

        tags = new Tags(Any: false, values
            .Where(value => !strong || !value.IsWeak)
            .Select(value => Version(value.Tag.AsSpan()))
            .OfType<long>()
            .ToHashSet());
        return true;
    }

    /// <summary>A user that is there matches any tag: <c>If-Match: *</c> asks nothing then, and <c>If-None-Match: *</c> can't be met.</summary>
    public static VersionCondition Condition(Tags? oneOf, Tags? noneOf) =>
        new(oneOf?.Any == true ? null : oneOf?.Versions, noneOf?.Versions, Missing: noneOf?.Any == true);

    // only the spelling that Of gives: no sign, no leading zero
    private static long? Version(ReadOnlySpan<char> tag) =>
        long.TryParse(tag[1..^1], NumberStyles.None, CultureInfo.InvariantCulture, out var version) && tag.SequenceEqual(Of(version))
            ? version
            : null;

    /// <summary>What a header of conditions names.</summary>
    internal sealed record Tags(bool Any, IReadOnlySet<long> Versions);
}
