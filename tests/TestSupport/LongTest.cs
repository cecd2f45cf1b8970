using Xunit;

namespace CleanUsers.TestSupport;

/// <summary>
/// Tests that take long: they wait in real time, kill and restart processes, or go through a large matrix. <c>.ci/run</c> demands them; without that
/// they are skipped, because everybody runs the others again and again.
/// </summary>
public static class LongTest
{
    private const string Demanded = "CLEANUSERS_TEST_LONG";

    /// <summary>To be called first in the test.</summary>
    public static void SkipUnlessDemanded() =>
        Assert.SkipUnless(Environment.GetEnvironmentVariable(Demanded) == "true", $"takes long: runs in .ci/run, or with {Demanded}=true");
}
