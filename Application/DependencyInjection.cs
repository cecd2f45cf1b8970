using CleanUsers.Application.ApiKeys;
using CleanUsers.Application.Changes;
using CleanUsers.Application.Changes.Webhooks;
using CleanUsers.Application.DeletedUsers;
using CleanUsers.Application.Emails;
using CleanUsers.Application.Scim;
using CleanUsers.Application.Transfer;
using CleanUsers.Application.Users;
using FluentValidation;
using Microsoft.Extensions.DependencyInjection;

namespace CleanUsers.Application;

public static class DependencyInjection
{
    /// <summary>The use cases. The ports, a <see cref="TimeProvider"/> and logging come from the host.</summary>
    /// <param name="retention">How long deleted users are kept; null if they are never erased.</param>
    /// <param name="changeRetention">How long the changes of users are kept; null if they are never deleted.</param>
    /// <param name="autoMapperLicenseKey">AutoMapper's own licence key; without one it logs a warning when it is first used.</param>
    public static IServiceCollection AddApplication(
        this IServiceCollection services, Retention? retention = null, ChangeRetention? changeRetention = null,
        string? autoMapperLicenseKey = null) => services
        .AddSingleton(retention ?? new Retention(Time: null))
        .AddSingleton(changeRetention ?? new ChangeRetention(Time: null))
        .AddMapping(autoMapperLicenseKey)
        .AddUsers()
        .AddDeletedUsers()
        .AddEmails()
        .AddChanges()
        .AddWebhooks()
        .AddApiKeys()
        .AddScim()
        .AddTransfer();

    private static IServiceCollection AddMapping(this IServiceCollection services, string? licenseKey) =>
        services.AddAutoMapper(mapping =>
        {
            mapping.LicenseKey = licenseKey;
            mapping.AddProfile<UserProfile>();
            mapping.AddProfile<EmailProfile>();
            mapping.AddProfile<WebhookProfile>();
            mapping.AddProfile<ApiKeyProfile>();
        });

    private static IServiceCollection AddUsers(this IServiceCollection services) => services
        .AddSingleton<IValidator<CreateUserCommand>, CreateUserValidator>()
        .AddSingleton<IValidator<ListUsersQuery>, ListUsersValidator>()
        .AddSingleton<IValidator<ReplaceUserCommand>, ReplaceUserValidator>()
        .AddSingleton<IValidator<PatchUserCommand>, PatchUserValidator>()
        .AddScoped<CreateUser>()
        .AddScoped<GetUser>()
        .AddScoped<ListUsers>()
        .AddScoped<ReplaceUser>()
        .AddScoped<PatchUser>()
        .AddScoped<DeleteUser>();

    private static IServiceCollection AddDeletedUsers(this IServiceCollection services) => services
        .AddSingleton<IValidator<ListDeletedUsersQuery>, ListDeletedUsersValidator>()
        .AddSingleton<IValidator<RestoreUserCommand>, RestoreUserValidator>()
        .AddScoped<ListDeletedUsers>()
        .AddScoped<GetDeletedUser>()
        .AddScoped<RestoreUser>()
        .AddScoped<PurgeUser>()
        .AddScoped<PurgeExpiredUsers>();

    private static IServiceCollection AddEmails(this IServiceCollection services) => services
        .AddSingleton<IValidator<QueueEmailCommand>, QueueEmailValidator>()
        .AddSingleton<IValidator<ListEmailsQuery>, ListEmailsValidator>()
        .AddScoped<QueueEmail>()
        .AddScoped<GetEmail>()
        .AddScoped<ListEmails>()
        .AddScoped<FindDueEmails>()
        .AddScoped<DeliverEmail>();

    private static IServiceCollection AddChanges(this IServiceCollection services) => services
        .AddSingleton<IValidator<ListHistoryQuery>, ListHistoryValidator>()
        .AddSingleton<IValidator<ListChangesQuery>, ListChangesValidator>()
        .AddSingleton<FeedSignal>()
        .AddScoped<ListHistory>()
        .AddScoped<ListChanges>()
        .AddScoped<PlaceChanges>()
        .AddScoped<DeleteOldChanges>();

    private static IServiceCollection AddWebhooks(this IServiceCollection services) => services
        .AddSingleton<IValidator<CreateWebhookCommand>, CreateWebhookValidator>()
        .AddSingleton<IValidator<ListWebhooksQuery>, ListWebhooksValidator>()
        .AddSingleton<IValidator<PatchWebhookCommand>, PatchWebhookValidator>()
        .AddSingleton<IValidator<ListWebhookDeliveriesQuery>, ListWebhookDeliveriesValidator>()
        .AddSingleton<IValidator<RedeliverFromCommand>, RedeliverFromValidator>()
        .AddSingleton<WebhookSignal>()
        .AddScoped<CreateWebhook>()
        .AddScoped<ListWebhooks>()
        .AddScoped<GetWebhook>()
        .AddScoped<PatchWebhook>()
        .AddScoped<DeleteWebhook>()
        .AddScoped<RotateWebhookSecret>()
        .AddScoped<ListWebhookDeliveries>()
        .AddScoped<RedeliverFrom>()
        .AddScoped<FindDueWebhooks>()
        .AddScoped<DeliverToWebhook>();

    /// <summary>The host adds an <see cref="ApiKeyCacheTime"/>.</summary>
    private static IServiceCollection AddApiKeys(this IServiceCollection services) => services
        .AddSingleton<IValidator<CreateApiKeyCommand>, CreateApiKeyValidator>()
        .AddSingleton<IValidator<ListApiKeysQuery>, ListApiKeysValidator>()
        .AddSingleton<ApiKeyCache>()
        .AddSingleton<ApiKeyUses>()
        .AddScoped<CreateApiKey>()
        .AddScoped<ListApiKeys>()
        .AddScoped<GetApiKey>()
        .AddScoped<RotateApiKey>()
        .AddScoped<RevokeApiKey>()
        .AddScoped<AuthenticateApiKey>()
        .AddScoped<RecordApiKeyUses>();

    private static IServiceCollection AddScim(this IServiceCollection services) => services
        .AddSingleton<IValidator<ScimUserInput>, ScimUserInputValidator>()
        .AddSingleton<ScimWalks>()
        .AddScoped<CreateScimUser>()
        .AddScoped<GetScimUser>()
        .AddScoped<ListScimUsers>()
        .AddScoped<ChangeScimUser>();

    private static IServiceCollection AddTransfer(this IServiceCollection services) => services
        .AddSingleton<IValidator<ImportedUser>, ImportedUserValidator>()
        .AddSingleton<IValidator<ExportUsersQuery>, ExportUsersValidator>()
        .AddScoped<ImportUsers>()
        .AddScoped<ExportUsers>();
}
