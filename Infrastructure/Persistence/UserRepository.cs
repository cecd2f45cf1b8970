using CleanUsers.Application.Ports;
using CleanUsers.Domain.Users;

namespace CleanUsers.Infrastructure.Persistence;

internal sealed class UserRepository(UsersDbContext db, UserById one) : IUserRepository
{
    private readonly List<User> _added = [];

    public Task<User?> FindAsync(long id, CancellationToken ct) => one.Find(db, id, ct);

    public Task<User?> FindDeletedAsync(long id, CancellationToken ct) => one.FindDeleted(db, id, ct);

    public void Add(User user) => _added.Add(user);

    public void Remove(User user) => db.Users.Remove(user);

    public Task<SaveOutcome> SaveAsync(CancellationToken ct) => db.TrySaveAsync(_added, ct);
}
