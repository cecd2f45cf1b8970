using Ardalis.Result;
using AutoMapper;
using CleanUsers.Application.Ports;
using CleanUsers.Application.Users;
using CleanUsers.Domain.Users;
using CleanUsers.Domain.Webhooks;
using FluentValidation;

namespace CleanUsers.Application.Changes.Webhooks;

/// <summary>What to change (RFC 7396): an absent member stays as it is, null clears it, and what can't be cleared must not be null.</summary>
public sealed record PatchWebhookCommand(
    long Id,
    VersionCondition Condition,
    Optional<Parsed<Uri>> Url,
    Optional<Parsed<IReadOnlyList<UserChangeKind>?>> Kinds,
    Optional<Parsed<string?>> Description,
    Optional<Parsed<WebhookStatus>> Status)
{
    internal WebhookDetails ApplyTo(WebhookDetails current) => new(
        Url.HasValue ? Url.Value.Value.OriginalString : current.Url,
        Kinds.HasValue ? Kinds.Value.Value : current.Kinds,
        Description.HasValue ? Description.Value.Value : current.Description,
        Status.HasValue ? Status.Value.Value : current.Status);
}

internal sealed class PatchWebhookValidator : AbstractValidator<PatchWebhookCommand>
{
    public PatchWebhookValidator(IWebhookSender sender)
    {
        RuleFor(patch => patch.Url).IsAcceptedOrAbsent();
        RuleFor(patch => patch.Url).Custom((url, context) =>
        {
            if (url is { HasValue: true, Value.Error: null } && sender.FindError(url.Value.Value) is { } error) context.AddError(error);
        });
        RuleFor(patch => patch.Kinds).IsAcceptedOrAbsent();
        RuleFor(patch => patch.Description).IsAcceptedOrAbsent();
        RuleFor(patch => patch.Status).IsAcceptedOrAbsent();
    }
}

/// <summary>Changes a part of a webhook. One that is active again goes on where it stopped.</summary>
public sealed class PatchWebhook(
    IValidator<PatchWebhookCommand> validator, IWebhookRepository webhooks, WebhookSignal signal, ICaller caller, TimeProvider clock, IMapper mapper)
{
    /// <returns>The webhook as it is now, or <c>validation-failed</c>, <c>not-found</c>, <c>version-mismatch</c>.</returns>
    public async Task<Result<WebhookDto>> ExecuteAsync(PatchWebhookCommand command, CancellationToken ct)
    {
        var validation = validator.Validate(command);
        if (!validation.IsValid) return validation.ToInvalid();

        var patched = await webhooks.ChangeAsync(
            command.Id, command.Condition,
            webhook => webhook.Replace(command.ApplyTo(webhook.Details), clock.GetUtcNow(), caller.Name), ct);
        if (patched.IsSuccess) signal.Wake();
        return patched.Map(mapper.Map<WebhookDto>);
    }
}
