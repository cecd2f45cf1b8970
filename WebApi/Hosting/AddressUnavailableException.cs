namespace CleanUsers.WebApi.Hosting;

/// <summary>The service can't listen on an address: it is in use, does not belong to this machine, or needs a permission.</summary>
internal sealed class AddressUnavailableException(string message, Exception cause) : Exception(message, cause)
{
    /// <summary>EX_OSERR of sysexits.h.</summary>
    public const int ExitCode = 71;
}
