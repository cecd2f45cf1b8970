using CleanUsers.Application.Ports;
using CleanUsers.Domain.Users;
using Microsoft.EntityFrameworkCore;

namespace CleanUsers.Infrastructure.Persistence;

internal sealed class UserRepository(UsersDbContext db, UserById one) : IUserRepository
{
    private readonly List<User> _added = [];

    public Task<User?> FindAsync(long id, CancellationToken ct) => one.Find(db, id, ct);

    public Task<User?> FindDeletedAsync(long id, CancellationToken ct) => one.FindDeleted(db, id, ct);

    public async Task<IReadOnlyList<User>> FindByEmailAsync(IReadOnlyCollection<string> emailKeys, CancellationToken ct)
    {
        db.ChangeTracker.Clear(); // or it would hold all that an import ever replaced
        return await db.Users.Where(user => emailKeys.Contains(user.EmailKey)).ToListAsync(ct);
    }

    public void Add(User user) => _added.Add(user);

    public void Remove(User user) => db.Users.Remove(user);

    public Task<SaveOutcome> SaveAsync(CancellationToken ct) => db.TrySaveAsync(_added, ct);
}
