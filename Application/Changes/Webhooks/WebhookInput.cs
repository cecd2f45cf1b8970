using CleanUsers.Domain;
using CleanUsers.Domain.Users;
using CleanUsers.Domain.Webhooks;

namespace CleanUsers.Application.Changes.Webhooks;

/// <summary>What clients send about webhooks, parsed.</summary>
public static class WebhookInput
{
    private static readonly UserChangeKind[] AllKinds = Enum.GetValues<UserChangeKind>();

    /// <summary>An absolute URL (RFC 3986) that a request can be sent to.</summary>
    public static Parsed<Uri> ParseUrl(string? text)
    {
        if (text is null) return Parsed.Rejected<Uri>("required", "Url is required.");
        if (text.Length > Webhook.UrlMaxLength)
            return Parsed.Rejected<Uri>("too-long", $"Url must have at most {Webhook.UrlMaxLength} characters.");
        // the framework's parser trims white space and takes a backslash for a slash
        if (text.AsSpan().ContainsAnyExceptInRange('!', '~') || text.Contains('\\', StringComparison.Ordinal)
            || !Uri.TryCreate(text, UriKind.Absolute, out var url) || url.Host.Length == 0
            || (url.Scheme != Uri.UriSchemeHttp && url.Scheme != Uri.UriSchemeHttps))
        {
            return Parsed.Rejected<Uri>(
                "invalid-url", "Url must be an absolute URL with http or https, in ASCII, such as https://example.org/events.");
        }

        if (url.Port == 0) return Parsed.Rejected<Uri>("invalid-url", "Url must not have the port 0.");
        if (text.Split('/', '?', '#')[2].Contains('@', StringComparison.Ordinal))
            return Parsed.Rejected<Uri>("invalid-url", "Url must not have a user name or a password.");
        if (text.Contains('#', StringComparison.Ordinal)) return Parsed.Rejected<Uri>("invalid-url", "Url must not have a fragment.");
        return url;
    }

    /// <summary>Null for all kinds.</summary>
    public static Parsed<IReadOnlyList<UserChangeKind>?> ParseKinds(IReadOnlyList<string>? texts)
    {
        if (texts is null) return Parsed.Accepted<IReadOnlyList<UserChangeKind>?>(null);
        if (texts.Count == 0)
            return Parsed.Rejected<IReadOnlyList<UserChangeKind>?>("too-short", "Kinds must have at least one kind, or be null for all.");
        var kinds = texts.Select(ParseKind).ToList();
        if (kinds.Contains(null))
        {
            return Parsed.Rejected<IReadOnlyList<UserChangeKind>?>(
                "unknown-value", $"Kinds must have only {string.Join(", ", AllKinds[..^1].Select(NameOf))} and {NameOf(AllKinds[^1])}.");
        }

        return kinds.Distinct().Count() == kinds.Count
            ? Parsed.Accepted<IReadOnlyList<UserChangeKind>?>([.. kinds.Select(kind => kind!.Value).Order()])
            : Parsed.Rejected<IReadOnlyList<UserChangeKind>?>("repeated", "Kinds must have each kind once.");
    }

    public static Parsed<string?> ParseDescription(string? text)
    {
        if (text is null) return text;
        if (!text.IsPlainLine())
            return Parsed.Rejected<string?>("invalid-character", "Description must be one line of Unicode text, without control characters.");
        if (text.Length == 0) return Parsed.Rejected<string?>("too-short", "Description must have at least one character, or be null.");
        return text.EnumerateRunes().Count() <= Webhook.DescriptionMaxLength
            ? text
            : Parsed.Rejected<string?>("too-long", $"Description must have at most {Webhook.DescriptionMaxLength} characters.");
    }

    public static Parsed<WebhookStatus> ParseStatus(string? text) => text switch
    {
        null => Parsed.Rejected<WebhookStatus>("required", "Status is required: Active or Disabled."),
        nameof(WebhookStatus.Active) => WebhookStatus.Active,
        nameof(WebhookStatus.Disabled) => WebhookStatus.Disabled,
        _ => Parsed.Rejected<WebhookStatus>("unknown-value", "Status must be Active or Disabled."),
    };

    /// <summary>The address in the URL that nothing may be sent to; names are looked up at each attempt.</summary>
    internal static InvalidValue? FindError(this Ports.IWebhookSender sender, Uri url) => sender.FindForbiddenAddress(url) is { } address
        ? new(
            "forbidden-address",
            $"Url must not have the address '{address}', which is not on the public internet (an administrator can allow it).")
        : null;

    /// <summary>A kind, as webhooks have it.</summary>
    public static string NameOf(UserChangeKind kind) => kind switch
    {
        UserChangeKind.Created => "created",
        UserChangeKind.Updated => "updated",
        UserChangeKind.Deleted => "deleted",
        UserChangeKind.Restored => "restored",
        UserChangeKind.Purged => "purged",
    };

    private static UserChangeKind? ParseKind(string text)
    {
        foreach (var kind in AllKinds)
            if (NameOf(kind) == text) return kind;
        return null;
    }
}
