namespace CleanUsers.Application;

/// <summary>The codes of errors. They never change, because HTTP clients and scripts distinguish errors by them.</summary>
public static class ErrorCodes
{
    public const string ValidationFailed = "validation-failed";
    public const string UserNotFound = "user-not-found";
    public const string NotFound = "not-found";
    public const string EmailTaken = "email-taken";
    public const string VersionMismatch = "version-mismatch";
}
