using CleanUsers.WebApi.Http.Pipeline;

namespace CleanUsers.WebApi.Tests;

public sealed class OpenFilesTests
{
    [Theory]
    [InlineData("Max open files            1048576              1048576              files", 4096)]
    [InlineData("Max open files            1024                 4096                 files", 624)]
    [InlineData("Max open files            100                  100                  files", 50)]
    [InlineData("Max open files            unlimited            unlimited            files", 4096)]
    [InlineData("Max processes             10                   10                   processes", 4096)]
    public void Connections_leave_room_for_other_files(string limits, int expected) =>
        Assert.Equal(expected, OpenFiles.RoomFor(4096, ["Limit                     Soft Limit           Hard Limit           Units", limits]));
}
