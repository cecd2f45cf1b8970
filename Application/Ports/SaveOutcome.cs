namespace CleanUsers.Application.Ports;

public enum SaveOutcome
{
    Saved,

    /// <summary>A user that is not deleted has the address already; only the index can know (see docs/decisions).</summary>
    EmailTaken,

    /// <summary>Somebody changed the user between the reading and the writing.</summary>
    VersionConflict,
}
