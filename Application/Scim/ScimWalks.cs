using System.Security.Cryptography;
using System.Text;

namespace CleanUsers.Application.Scim;

/// <summary>
/// Where callers are in lists that they read page by page. The next page then begins after a user instead of at a number, and costs what the first
/// one costs. Without a place, in another process or after its time, a page is found by its number, which costs more, and leaves users out where
/// others before them have been deleted meanwhile.
/// </summary>
public sealed class ScimWalks(TimeProvider clock)
{
    internal const int MaxWalks = 1000;

    /// <summary>So that a client which begins walks and does not finish them can't displace those of others.</summary>
    internal const int MaxWalksOfAList = 8;

    /// <summary>Of a walk: a client may read a page again.</summary>
    internal const int MaxPlaces = 8;

    internal static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(5);

    private readonly Lock _lock = new();

    // in the order in which their last pages were read
    private readonly List<ScimWalk> _walks = [];

    /// <summary>A digest, so that all keys have one size.</summary>
    internal static string Key(string caller, string filter) =>
        Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes($"{caller.Length}:{caller}{filter}")));

    /// <summary>The walk to which the page with this number belongs, and the place from which the page is read, at the number or before it.</summary>
    internal (ScimWalk Walk, ScimPlace Place) Find(string list, long index)
    {
        lock (_lock)
        {
            var now = clock.GetUtcNow();
            // a finished walk stays until the next one begins, since its last page may be read again
            _walks.RemoveAll(walk => walk.Expires <= now || (index <= 1 && walk.IsFinished && walk.List == list));
            if (index <= 1) return (new(list), ScimPlace.Beginning); // counts anew
            var walks = _walks.Where(walk => walk.List == list).ToList();
            return FindWaiting(walks, index) ?? FindPlace(walks, index) ?? (new(list), ScimPlace.Beginning);
        }
    }

    /// <param name="isLast">Whether no user comes after the page.</param>
    internal void Remember(ScimWalk walk, ScimPlace place, bool isLast)
    {
        lock (_lock)
        {
            if (isLast && walk.Places.Count == 0) return; // a walk of one page
            var known = walk.Places.FindIndex(other => other.Index == place.Index);
            if (known < 0)
            {
                if (walk.Places.Count == MaxPlaces) walk.Places.RemoveAt(0);
                walk.Places.Add(place);
                walk.IsWaiting = true;
            }
            else if (place.After < walk.Places[known].After)
            {
                walk.Places[known] = place; // of a page that was read again
            }

            if (known < 0 || known == walk.Places.Count - 1) walk.IsFinished = isLast;
            walk.Expires = clock.GetUtcNow() + Lifetime;
            _walks.Remove(walk);
            if (_walks.Count(other => other.List == walk.List) == MaxWalksOfAList) _walks.Remove(_walks.Find(other => other.List == walk.List)!);
            if (_walks.Count == MaxWalks) _walks.RemoveAt(0);
            _walks.Add(walk);
        }
    }

    /// <summary>
    /// Walks that wait at one number can't be told apart: the client of each of them may have sent the request. So the page begins after the lowest
    /// of their ids, and the walk with the highest one goes on: the lowest one stays for the others. A user is shown twice rather than never.
    /// </summary>
    private static (ScimWalk, ScimPlace)? FindWaiting(List<ScimWalk> walks, long index)
    {
        var waiting = walks.Where(walk => walk.IsWaiting && walk.Places[^1].Index == index).OrderBy(walk => walk.Places[^1].After).ToList();
        if (waiting.Count == 0) return null;
        var walk = waiting[^1];
        walk.Places[^1] = waiting[0].Places[^1];
        walk.IsWaiting = false;
        return (walk, walk.Places[^1]);
    }

    /// <summary>The place of a page that is read again, or else the nearest one before the number, from which another walk begins.</summary>
    private static (ScimWalk, ScimPlace)? FindPlace(List<ScimWalk> walks, long index)
    {
        var places = walks.SelectMany(walk => walk.Places, (walk, place) => (Walk: walk, Place: place)).Where(known => known.Place.Index <= index)
            .OrderByDescending(known => known.Place.Index).ThenBy(known => known.Place.After).ToList();
        if (places.Count == 0) return null;
        var (walk, place) = places[0];
        return (place.Index == index ? walk : new ScimWalk(walk.List), place);
    }
}
