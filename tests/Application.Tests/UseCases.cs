using AutoMapper;
using CleanUsers.Application.ApiKeys;
using CleanUsers.Application.Changes;
using CleanUsers.Application.DeletedUsers;
using CleanUsers.Application.Ports;
using CleanUsers.Application.Users;
using CleanUsers.Domain.Users;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using NSubstitute;

namespace CleanUsers.Application.Tests;

/// <summary>The use cases as <c>AddApplication</c> registers them, with every port replaced.</summary>
public abstract class UseCases : IDisposable
{
    private readonly ServiceProvider _services;

    protected UseCases(Retention? retention = null, ChangeRetention? changeRetention = null)
    {
        Caller.Name.Returns("eve");
        Emails.TryAddAsync(default!, default).ReturnsForAnyArgs(true);
        Emails.TryUpdateAsync(default).ReturnsForAnyArgs(true);
        Users.AddAsync(default!, default).ReturnsForAnyArgs(AddOutcome.Added);
        Users.UpdateAsync(default).ReturnsForAnyArgs(UpdateOutcome.Saved);
        Users.UpdateAndFailQueuedEmailsAsync(default, default!, default).ReturnsForAnyArgs(UpdateOutcome.Saved);
        Users.PurgeAsync(default!, default).ReturnsForAnyArgs(UpdateOutcome.Saved);
        Keys.TryUpdateAsync(default).ReturnsForAnyArgs(true);
        Keys.TryDeleteAsync(default!, default).ReturnsForAnyArgs(true);
        _services = new ServiceCollection()
            .AddApplication(retention, changeRetention)
            .AddSingleton(typeof(Microsoft.Extensions.Logging.ILoggerFactory), NullLoggerFactory.Instance)
            .AddSingleton<TimeProvider>(Clock)
            .AddSingleton(Users)
            .AddSingleton(Reader)
            .AddSingleton(Emails)
            .AddSingleton(History)
            .AddSingleton(Feed)
            .AddSingleton(Webhooks)
            .AddSingleton(Keys)
            .AddSingleton(new ApiKeyCacheTime(TimeSpan.FromSeconds(5)))
            .AddSingleton(WebhookSender)
            .AddSingleton(Scim)
            .AddSingleton(Sender)
            .AddSingleton(Writer)
            .AddSingleton(Caller)
            .BuildServiceProvider();
    }

    protected FakeTimeProvider Clock { get; } = new(new DateTimeOffset(2026, 1, 1, 12, 0, 0, TimeSpan.Zero).AddTicks(1_234_567));

    /// <summary>The clock's time, cut to milliseconds.</summary>
    protected static DateTimeOffset Now { get; } = new(2026, 1, 1, 12, 0, 0, 123, TimeSpan.Zero);

    protected IUserRepository Users { get; } = Substitute.For<IUserRepository>();

    protected IUserReader Reader { get; } = Substitute.For<IUserReader>();

    protected IEmailRepository Emails { get; } = Substitute.For<IEmailRepository>();

    protected IHistoryReader History { get; } = Substitute.For<IHistoryReader>();

    protected IChangeFeed Feed { get; } = Substitute.For<IChangeFeed>();

    protected IWebhookRepository Webhooks { get; } = Substitute.For<IWebhookRepository>();

    protected IApiKeyRepository Keys { get; } = Substitute.For<IApiKeyRepository>();

    protected IWebhookSender WebhookSender { get; } = Substitute.For<IWebhookSender>();

    protected IScimUsers Scim { get; } = Substitute.For<IScimUsers>();

    protected IEmailSender Sender { get; } = Substitute.For<IEmailSender>();

    protected IUserBulkWriter Writer { get; } = Substitute.For<IUserBulkWriter>();

    protected ICaller Caller { get; } = Substitute.For<ICaller>();

    protected static CancellationToken Ct => TestContext.Current.CancellationToken;

    protected T Get<T>()
        where T : notnull => _services.GetRequiredService<T>();

    protected static User Ada(string email = "ada@example.org", string? name = "Ada", long id = 0) => WithId(
        User.Create(
            new UserDetails(UserInput.ParseEmail(email).Value, UserInput.ParseName(name).Value, 36, UserRole.User, UserStatus.Active),
            Now.AddDays(-1), "bob"),
        id);

    /// <summary>Sets the id as the database does.</summary>
    internal static T WithId<T>(T entity, long id)
        where T : class
    {
        typeof(T).GetProperty("Id")!.SetValue(entity, id);
        return entity;
    }

    /// <summary>Users as the store lists them by name.</summary>
    protected IReadOnlyList<ListedUser> Listed(params User[] users) =>
        [.. users.Select(user => new ListedUser(Get<IMapper>().Map<UserDto>(user), user.DeletedAt, user.SortName))];

    protected static User DeletedAda()
    {
        var user = Ada();
        user.Delete(Now.AddHours(-1), "bob");
        return user;
    }

    public void Dispose()
    {
        _services.Dispose();
        GC.SuppressFinalize(this);
    }
}
