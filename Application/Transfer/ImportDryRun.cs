using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using CleanUsers.Application.Ports;
using CleanUsers.Domain.Users;

namespace CleanUsers.Application.Transfer;

/// <summary>
/// An import that changes nothing. It only reads, so it does not block other writers. It remembers what earlier lines would have changed as
/// digests, some 100 bytes a line.
/// </summary>
internal sealed class ImportDryRun(IUserReader users, bool update)
{
    // the digest of an address, and that of the state that its user would have by now
    private readonly Dictionary<UInt128, UInt128> _states = [];

    public async Task<ImportCounts> TakeAsync(IReadOnlyList<ImportUsers.Candidate> candidates, CancellationToken ct)
    {
        var counts = new ImportCounts();
        foreach (var some in candidates.Chunk(ImportUsers.ReplacedAtATime))
        {
            var found = await users.GetByEmailAsync([.. some.Select(candidate => candidate.Key).Distinct()], ct);
            foreach (var user in found) _states.TryAdd(Digest(user.EmailKey), State(user));
            foreach (var candidate in some)
            {
                var (key, state) = (Digest(candidate.Key), State(candidate.User));
                if (_states.TryAdd(key, state)) counts += new ImportCounts(Added: 1);
                else if (!update) counts += new ImportCounts(AlreadyThere: 1);
                else if (_states[key] == state) counts += new ImportCounts(Unchanged: 1);
                else counts += new ImportCounts(Replaced: 1);
                if (update) _states[key] = state;
            }
        }

        return counts;
    }

    private static UInt128 State(User user) => Digest(user.Details.ToString());

    private static UInt128 Digest(string text) => MemoryMarshal.Read<UInt128>(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
}
