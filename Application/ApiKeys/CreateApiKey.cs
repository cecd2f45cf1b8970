using Ardalis.Result;
using AutoMapper;
using CleanUsers.Application.Ports;
using CleanUsers.Domain;
using CleanUsers.Domain.ApiKeys;
using FluentValidation;

namespace CleanUsers.Application.ApiKeys;

public sealed record CreateApiKeyCommand(Parsed<string> Name, Parsed<IReadOnlyList<string>> Scopes, Parsed<DateTimeOffset?> ExpiresAt);

internal sealed class CreateApiKeyValidator : AbstractValidator<CreateApiKeyCommand>
{
    public CreateApiKeyValidator(TimeProvider clock)
    {
        RuleFor(key => key.Name).IsAccepted();
        RuleFor(key => key.Scopes).IsAccepted();
        RuleFor(key => key.ExpiresAt).IsAccepted();
        RuleFor(key => key.ExpiresAt).Custom((expiresAt, context) =>
        {
            if (expiresAt.Error is null && expiresAt.Value <= clock.GetUtcNow())
                context.AddError(new InvalidValue("not-in-the-future", "ExpiresAt must be in the future."));
        });
    }
}

/// <summary>Creates an API key. It has at most the scopes of the caller that creates it.</summary>
public sealed class CreateApiKey(
    IValidator<CreateApiKeyCommand> validator, IApiKeyRepository keys, ICaller caller, TimeProvider clock, IMapper mapper)
{
    /// <returns>The key, with the key itself, or <c>validation-failed</c>, <c>forbidden</c>.</returns>
    public async Task<Result<CreatedApiKeyDto>> ExecuteAsync(CreateApiKeyCommand command, CancellationToken ct)
    {
        var validation = validator.Validate(command);
        if (!validation.IsValid) return validation.ToInvalid();
        if (caller.Lacking(command.Scopes.Value) is { } lacking) return lacking;

        var text = ApiKeyText.Create();
        var key = ApiKey.Create(
            command.Name.Value, command.Scopes.Value, command.ExpiresAt.Value, ApiKeyText.ToStore(text), clock.GetUtcNow(), caller.Name,
            caller.IsAnonymous);
        await keys.AddAsync(key, ct);
        return Result.Created(ApiKeyProfile.ToCreated(mapper, key, text));
    }
}
