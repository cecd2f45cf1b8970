using Ardalis.Result;
using AutoMapper;
using CleanUsers.Application.Ports;
using CleanUsers.Domain.Users;
using CleanUsers.Domain.Webhooks;
using FluentValidation;

namespace CleanUsers.Application.Changes.Webhooks;

public sealed record CreateWebhookCommand(Parsed<Uri> Url, Parsed<IReadOnlyList<UserChangeKind>?> Kinds, Parsed<string?> Description);

internal sealed class CreateWebhookValidator : AbstractValidator<CreateWebhookCommand>
{
    public CreateWebhookValidator(IWebhookSender sender)
    {
        RuleFor(webhook => webhook.Url).IsAccepted();
        RuleFor(webhook => webhook.Url).Custom((url, context) =>
        {
            if (url.Error is null && sender.FindError(url.Value) is { } error) context.AddError(error);
        });
        RuleFor(webhook => webhook.Kinds).IsAccepted();
        RuleFor(webhook => webhook.Description).IsAccepted();
    }
}

/// <summary>Creates a webhook. It begins at the end of the feed: the next change is the first that is sent.</summary>
public sealed class CreateWebhook(
    IValidator<CreateWebhookCommand> validator, IWebhookRepository webhooks, IChangeFeed feed, ICaller caller, TimeProvider clock, IMapper mapper)
{
    /// <returns>The webhook with its secret, or <c>validation-failed</c>.</returns>
    public async Task<Result<CreatedWebhookDto>> ExecuteAsync(CreateWebhookCommand command, CancellationToken ct)
    {
        var validation = validator.Validate(command);
        if (!validation.IsValid) return validation.ToInvalid();

        var details = new WebhookDetails(
            command.Url.Value.OriginalString, command.Kinds.Value, command.Description.Value, WebhookStatus.Active);
        await feed.PlaceAllAsync(ct);
        var webhook = Webhook.Create(details, WebhookSecret.Create(), await feed.GetEndAsync(ct), clock.GetUtcNow(), caller.Name);
        await webhooks.AddAsync(webhook, ct);
        return Result.Created(mapper.Map<CreatedWebhookDto>(webhook));
    }
}
