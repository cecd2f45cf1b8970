namespace CleanUsers.TestSupport;

/// <summary>The files of the repository that newcomers use, beside the code.</summary>
public static class Repository
{
    public static string PathOf(params string[] names)
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "CleanUsers.sln"))) folder = folder.Parent!;
        return Path.Combine([folder.FullName, .. names]);
    }
}
