using AutoMapper;
using CleanUsers.Application.Ports;

namespace CleanUsers.Application.Scim;

/// <param name="Filter">Null for all users.</param>
/// <param name="FilterText">The filter as the client wrote it: the same text leads to the same walk.</param>
/// <param name="StartIndex">The number of the first user, from 1.</param>
/// <param name="Count">How many users to read at most; 0 only counts them.</param>
public sealed record ListScimUsersQuery(ScimFilter? Filter, string FilterText, long StartIndex, int Count)
{
    public const int MaxCount = 200;
    public const int DefaultCount = 100;
}

/// <param name="TotalResults">How many users match altogether.</param>
public sealed record ScimPage(IReadOnlyList<ScimUserDto> Users, long TotalResults);

/// <summary>Reads a page of users by its number, as SCIM has it (RFC 7644 section 3.4.2.4), in the order of their ids.</summary>
public sealed class ListScimUsers(IScimUsers scim, ScimWalks walks, ICaller caller, IMapper mapper)
{
    public async Task<ScimPage> ExecuteAsync(ListScimUsersQuery query, CancellationToken ct)
    {
        if (query.Count == 0) return new([], await scim.CountAsync(query.Filter, ct));
        var (walk, place) = walks.Find(ScimWalks.Key(caller.Name, query.FilterText), query.StartIndex);
        var skip = query.StartIndex - place.Index;
        var total = place.Total;
        if (skip > 0) // a number that leads past the end is not looked for
        {
            total = await scim.CountAsync(query.Filter, ct);
            if (query.StartIndex > total) return new([], total.Value);
        }

        var found = await scim.ListAsync(query.Filter, place.After, skip, query.Count + 1, ct);
        var page = found.Take(query.Count).ToList();
        var isLast = found.Count == page.Count;
        var next = query.StartIndex + page.Count;
        // the end, or not, whatever was counted before: users come and go during a walk, and it must not end before them
        if (!isLast) total = Math.Max(total ?? await scim.CountAsync(query.Filter, ct), next);
        else if (page.Count > 0 || query.StartIndex == 1) total = next - 1;
        else total = await scim.CountAsync(query.Filter, ct);
        walks.Remember(walk, new(next, page.Count == 0 ? place.After : page[^1].User.Id, total), isLast);
        return new([.. page.Select(record => ScimUserDto.Of(record, mapper))], total.Value);
    }
}
