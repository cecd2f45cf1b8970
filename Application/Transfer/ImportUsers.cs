using System.Threading.Channels;
using Ardalis.Result;
using CleanUsers.Application.Ports;
using CleanUsers.Application.Users;
using CleanUsers.Domain.Users;
using FluentValidation;

namespace CleanUsers.Application.Transfer;

/// <param name="Update">Replaces existing users, as PUT does; otherwise they are left unchanged.</param>
/// <param name="DryRun">Changes nothing, and reports what would happen.</param>
public sealed record ImportUsersCommand(bool Update, bool DryRun);

internal sealed class ImportedUserValidator : AbstractValidator<ImportedUser>
{
    public ImportedUserValidator()
    {
        RuleFor(user => user.User).SetValidator(new UserInputValidator());
        RuleFor(user => user.CreatedAt).IsAccepted();
        RuleFor(user => user.UpdatedAt).IsAccepted();
        RuleFor(user => user.UpdatedAt).Custom((member, context) =>
        {
            var created = context.InstanceToValidate.CreatedAt;
            if (member.Error is not null || member.Value is not { } updated || created.Error is not null) return;
            if (created.Value is null) context.AddError(new("out-of-range", "UpdatedAt must not be there without CreatedAt."));
            else if (updated < created.Value) context.AddError(new("out-of-range", "UpdatedAt must not be before CreatedAt."));
        });
        RuleFor(user => user.CreatedBy).IsAccepted();
        RuleFor(user => user.UpdatedBy).IsAccepted();
        RuleFor(user => user.Version).IsAccepted();
    }
}

/// <summary>
/// Imports users from a file, with the rules of every other use case. A line that breaks a rule is rejected and the import continues; accepted
/// lines are committed in batches. The address of a line identifies its user: so an import that was interrupted can be run again without change,
/// and creates no user twice.
/// </summary>
public sealed class ImportUsers(
    IValidator<ImportedUser> validator, IUserBulkWriter writer, IUserReader reader, IUserRepository users, ICaller caller, TimeProvider clock)
{
    /// <summary>
    /// Users in a transaction: enough to be fast, and few enough that other writers of an embedded database can write between two batches.
    /// </summary>
    internal const int BatchSize = 5000; // a multiple of the size of a block of ids

    /// <summary>Users that are read to be replaced, at a time.</summary>
    internal const int ReplacedAtATime = 400;

    // read, checked and waiting for the database, beside the one that is being read and the one that is being written
    private const int BatchesAhead = 1;

    /// <param name="lines">The file; read and checked on while the database writes.</param>
    /// <param name="reject">Receives each rejected line, one at a time, in order.</param>
    /// <param name="progress">Receives the counts of each batch.</param>
    /// <param name="ct">Ends the import; committed batches stay.</param>
    public async Task<ImportCounts> ExecuteAsync(
        ImportUsersCommand command, IAsyncEnumerable<ImportLine> lines, Action<RejectedLine> reject, Action<ImportCounts> progress,
        CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(command);
        var total = new ImportCounts();
        var dryRun = command.DryRun ? new ImportDryRun(reader, command.Update) : null;
        var batches = Channel.CreateBounded<Batch>(new BoundedChannelOptions(BatchesAhead) { SingleReader = true, SingleWriter = true });
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(ct);
        var preparing = Task.Run(() => PrepareAsync(lines, batches.Writer, reject, stop.Token), CancellationToken.None);
        try
        {
            await foreach (var (candidates, rejected, blank) in batches.Reader.ReadAllAsync(ct))
            {
                var done = dryRun is null ? await TakeAsync(candidates, command.Update, ct) : await dryRun.TakeAsync(candidates, ct);
                done = done with { Refused = rejected, Blank = blank };
                total += done;
                progress(done);
            }
        }
        finally
        {
            await stop.CancelAsync(); // if the database fails, reading stops too
            await preparing;
        }

        return total;
    }

    private async Task PrepareAsync(
        IAsyncEnumerable<ImportLine> lines, ChannelWriter<Batch> batches, Action<RejectedLine> reject, CancellationToken ct)
    {
        try
        {
            var (candidates, rejected, blank) = (new List<Candidate>(BatchSize), 0, 0);
            await foreach (var line in lines.WithCancellation(ct))
            {
                if (line == ImportLine.Blank)
                {
                    blank++;
                }
                else if (Check(line) is { Count: > 0 } errors)
                {
                    reject(new RejectedLine(line.Number, errors));
                    rejected++;
                }
                else
                {
                    candidates.Add(ToCandidate(line.User!));
                }

                if (candidates.Count + rejected + blank < BatchSize) continue;
                await batches.WriteAsync(new(candidates, rejected, blank), ct);
                (candidates, rejected, blank) = (new(BatchSize), 0, 0);
            }

            await batches.WriteAsync(new(candidates, rejected, blank), ct);
            batches.Complete();
        }
        catch (Exception error) // of any type: the reader of the channel gets it
        {
            batches.Complete(error);
        }
    }

    private List<ValidationError> Check(ImportLine line) =>
        line.User is null ? [.. line.Errors] : [.. line.Errors, .. validator.Validate(line.User).ToErrors()];

    private Candidate ToCandidate(ImportedUser line)
    {
        var details = line.User.ToDetails();
        var created = line.CreatedAt.Value ?? clock.GetUtcNow();
        var by = line.CreatedBy.Value ?? caller.Name;
        var audit = new UserAudit(
            CreatedAt: created,
            CreatedBy: by,
            UpdatedAt: line.UpdatedAt.Value ?? created,
            UpdatedBy: line.UpdatedBy.Value ?? by,
            Version: line.Version.Value ?? 1);
        return new(details, User.Import(details, audit));
    }

    private async Task<ImportCounts> TakeAsync(List<Candidate> candidates, bool update, CancellationToken ct)
    {
        var counts = new ImportCounts();
        while (candidates.Count > 0)
        {
            var added = await writer.AddAsync([.. candidates.Select(candidate => candidate.User)], ct);
            var there = candidates.Where((_, i) => !added[i]).ToList();
            counts += new ImportCounts(Added: candidates.Count - there.Count);
            if (!update) return counts with { AlreadyThere = there.Count };

            candidates = [];
            foreach (var some in ToReplaceTogether(there))
            {
                var (done, gone) = await ReplaceAsync(some, ct);
                counts += done;
                candidates.AddRange(gone); // deleted in between, so they are added
            }
        }

        return counts;
    }

    /// <summary>An address is in a part once: two changes of a user are two writes, since each leaves its record.</summary>
    private static IEnumerable<IReadOnlyList<Candidate>> ToReplaceTogether(List<Candidate> candidates)
    {
        var (part, keys) = (new List<Candidate>(), new HashSet<string>(StringComparer.Ordinal));
        foreach (var candidate in candidates)
        {
            if (part.Count == ReplacedAtATime || keys.Contains(candidate.Key))
            {
                yield return part;
                (part, keys) = ([], new(StringComparer.Ordinal));
            }

            part.Add(candidate);
            keys.Add(candidate.Key);
        }

        if (part.Count > 0) yield return part;
    }

    /// <summary>Where another write came between, it starts again on the new state.</summary>
    private async Task<(ImportCounts Done, List<Candidate> Gone)> ReplaceAsync(IReadOnlyList<Candidate> candidates, CancellationToken ct)
    {
        while (true)
        {
            var keys = candidates.Select(candidate => candidate.Key).ToList();
            var found = (await users.FindToChangeByEmailAsync(keys, ct)).ToDictionary(user => user.EmailKey);
            var gone = candidates.Where(candidate => !found.ContainsKey(candidate.Key)).ToList();
            var (now, replaced) = (clock.GetUtcNow(), 0);
            foreach (var candidate in candidates)
                if (found.TryGetValue(candidate.Key, out var user) && user.Replace(candidate.Details, now, caller.Name)) replaced++;
            var counts = new ImportCounts(Replaced: replaced, Unchanged: candidates.Count - gone.Count - replaced);
            if (replaced == 0) return (counts, gone);

            if (await users.UpdateAsync(ct) == UpdateOutcome.Saved) return (counts, gone);
        }
    }

    /// <param name="Details">The values of the line.</param>
    /// <param name="User">The user to add, if it is new.</param>
    internal sealed record Candidate(UserDetails Details, User User)
    {
        public string Key => Details.Email.Key;
    }

    private sealed record Batch(List<Candidate> Candidates, int Rejected, int Blank);
}
