using System.Runtime.InteropServices;

namespace CleanUsers.WebApi.Commands;

/// <summary>
/// Whether what is written to standard output can still be read. .NET's console ignores that the reader of a pipe is gone (EPIPE), and a command that
/// goes on would write to nobody.
/// </summary>
internal static class StandardOutput
{
    private const int Number = 1;

    // of poll(2): an error, which for a pipe means that nobody reads it; a terminal that is gone; a descriptor that is closed
    private const short Error = 0x8;
    private const short HangUp = 0x10;
    private const short Invalid = 0x20;

    /// <exception cref="IOException">Nobody reads standard output any more.</exception>
    public static void EnsureIsRead()
    {
        if (OperatingSystem.IsWindows()) return;
        var descriptor = new PollDescriptor { Descriptor = Number };
        if (Poll(ref descriptor, 1, 0) > 0 && (descriptor.Returned & (Error | HangUp | Invalid)) != 0)
            throw new IOException("the reader of standard output is gone.");
    }

    [DllImport("libc", EntryPoint = "poll")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Poll(ref PollDescriptor descriptors, nuint count, int milliseconds);

    [StructLayout(LayoutKind.Sequential)]
    private struct PollDescriptor
    {
        public int Descriptor;
        public short Requested;
        public short Returned;
    }
}
