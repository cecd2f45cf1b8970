using System.Globalization;
using CleanUsers.Application.Users;
using CleanUsers.WebApi.Http.Responses;
using Microsoft.Extensions.Primitives;

namespace CleanUsers.WebApi.Http.Input;

/// <summary>Entity tags (RFC 9110 section 8.8.3): the version of a resource in quotes, strong.</summary>
internal static class EntityTags
{
    private const string White = " \t";

    /// <param name="header">The lines of the header.</param>
    /// <param name="comparison">How its tags compare.</param>
    /// <param name="tags">The versions that it names, without tags that this service does not produce; null if the header is absent.</param>
    public static bool TryParse(StringValues header, TagComparison comparison, out Tags? tags)
    {
        tags = null;
        if (header.Count == 0) return true;
        var versions = new HashSet<long>();
        var list = header.ToString().AsSpan().Trim(White); // several lines are one list (RFC 9110 section 5.3)
        var any = list is "*";
        if (!any && !TryParseList(list, comparison, versions)) return false;
        tags = new Tags(any, versions);
        return true;
    }

    /// <summary>An existing resource matches any tag: then <c>If-Match: *</c> accepts every version, and <c>If-None-Match: *</c> none.</summary>
    public static VersionCondition Condition(Tags? oneOf, Tags? noneOf) =>
        new(oneOf?.Any == true ? null : oneOf?.Versions, noneOf?.Versions, NoResource: noneOf?.Any == true);

    /// <summary>
    /// At least one tag, and empty elements that do not count (RFC 9110 section 5.6.1.2). Not the framework's parser: it reads a backslash as an
    /// escape, which tags do not have, and <c>w/</c> as <c>W/</c>.
    /// </summary>
    private static bool TryParseList(ReadOnlySpan<char> list, TagComparison comparison, HashSet<long> versions)
    {
        for (var count = 0; ; count++)
        {
            list = list.TrimStart(" \t,");
            if (list.IsEmpty) return count > 0;
            var isWeak = list.StartsWith("W/", StringComparison.Ordinal);
            if (isWeak) list = list[2..];
            if (list is not ['"', .. var rest] || rest.IndexOf('"') is not (>= 0 and var length)) return false;
            var tag = list[..(length + 2)];
            // of the characters, the space and those before it are not allowed, nor is DEL
            if (tag.ContainsAnyInRange('\0', ' ') || tag.Contains('\x7F')) return false;
            if (!(isWeak && comparison == TagComparison.Strong) && Version(tag) is { } version) versions.Add(version);
            list = list[tag.Length..].TrimStart(White);
            if (!list.IsEmpty && list[0] != ',') return false;
        }
    }

    // only the spelling of responses: no sign, no leading zero
    private static long? Version(ReadOnlySpan<char> tag) =>
        long.TryParse(tag[1..^1], NumberStyles.None, CultureInfo.InvariantCulture, out var version)
        && tag.SequenceEqual(JsonResponse.EntityTag(version))
            ? version
            : null;

    /// <summary>What a header of conditions names.</summary>
    internal sealed record Tags(bool Any, IReadOnlySet<long> Versions);
}

/// <summary>How entity tags compare (RFC 9110 section 8.8.3.2).</summary>
internal enum TagComparison
{
    /// <summary>A weak tag never matches: <c>If-Match</c>.</summary>
    Strong,

    /// <summary>A weak tag matches like a strong one: <c>If-None-Match</c>.</summary>
    Weak,
}
