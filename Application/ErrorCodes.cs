namespace CleanUsers.Application;

/// <summary>What can be refused, by names that never change: HTTP clients and scripts tell cases apart by them.</summary>
public static class ErrorCodes
{
    public const string ValidationFailed = "validation-failed";
    public const string UserNotFound = "user-not-found";
    public const string NotFound = "not-found";
    public const string EmailTaken = "email-taken";
    public const string VersionMismatch = "version-mismatch";
}
