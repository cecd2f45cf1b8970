using System.Net;
using System.Net.Http.Headers;
using System.Text.RegularExpressions;
using CleanUsers.TestSupport;
using Mono.Cecil;
using Mono.Cecil.Cil;

namespace CleanUsers.WebApi.Tests;

/// <summary>
/// The README's section of that name. The program runs with each of its methods changed: they first print the file that they are in.
/// </summary>
public sealed partial class OneRequestFileByFile : IDisposable
{
    private const string Marker = "file ";

    // the first requests also make what later ones use again
    private const int Warmup = 3;
    private const int Watched = 5;

    private static readonly string[] Assemblies =
        ["CleanUsers.Domain.dll", "CleanUsers.Application.dll", "CleanUsers.Infrastructure.dll", "CleanUsers.WebApi.dll"];

    private readonly string _folder = Directory.CreateTempSubdirectory("cleanusers-").FullName;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task README_names_exactly_the_files_that_a_create_executes()
    {
        LongTest.SkipUnlessDemanded();
        var executed = await ExecutedFilesAsync();
        var readme = await File.ReadAllTextAsync(Repository.PathOf("README.md"), Ct);
        var section = Section().Match(readme).Value;
        var named = SourceFile().Matches(section).Select(file => Path.GetFileName(file.Value)).Distinct(StringComparer.Ordinal).ToList();
        Assert.True(
            named.ToHashSet(StringComparer.Ordinal).SetEquals(executed.Select(Path.GetFileName)!)
                && section.Contains($"runs {executed.Count} files", StringComparison.Ordinal),
            $"These {executed.Count} files were executed:\n{string.Join('\n', executed)}");
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [GeneratedRegex("## One request, file by file\n(.|\n)*?(?=\n## )", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 30_000)]
    private static partial Regex Section();

    // what is configured at startup is named in the first paragraph, by its whole path
    [GeneratedRegex(
        "(?<=`[A-Za-z/]*)[A-Za-z]+\\.cs(?=`)(?<!Program\\.cs|HttpSetup\\.cs)", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 30_000)]
    private static partial Regex SourceFile();

    /// <summary>The files of this repository that each of some creates executes, in the order of the last one.</summary>
    private async Task<List<string>> ExecutedFilesAsync()
    {
        using var service = ChildProcess.Start(
            "dotnet", [PrintFiles(), "--urls", "http://127.0.0.1:0"], _folder,
            ("ASPNETCORE_ENVIRONMENT", "Production"), ("Authentication__AllowAnonymous", "true"), ("Email__Delivery", "Pickup"),
            ("Logging__LogLevel__Microsoft.Hosting", "Information"));
        var listening = (await ReadToAsync(service, "listening on: "))[^1];
        using var client = new HttpClient { BaseAddress = new Uri(listening.Split("listening on: ")[1].Split('"')[0]) };
        var windows = new List<List<string>>();
        for (var i = 0; i < Warmup + Watched; i++)
        {
            using var body = new StringContent(
                $$"""{"email": "user{{i}}@example.org", "name": "Ada Lovelace"}""", new MediaTypeHeaderValue("application/json"));
            var printed = ReadToAsync(service, "POST api/v"); // while the service prints: it would wait for room in a full pipe
            using var created = await client.PostAsync(new Uri("/api/v1/users", UriKind.Relative), body, Ct);
            Assert.Equal(HttpStatusCode.Created, created.StatusCode);
            windows.Add([.. (await printed).Where(line => line.StartsWith(Marker, StringComparison.Ordinal)).Distinct()]);
        }

        // the intersection: background services run now and then
        return [.. windows[Warmup..].Aggregate((one, other) => [.. other.Intersect(one)]).Select(line => line[Marker.Length..])];
    }

    /// <summary>The lines of its output up to the one with the text.</summary>
    private static async Task<List<string>> ReadToAsync(ChildProcess service, string text)
    {
        var lines = new List<string>();
        while (await service.Output.ReadLineAsync(Ct) is { } line)
        {
            lines.Add(line);
            if (line.Contains(text, StringComparison.Ordinal)) return lines;
        }

        throw new Xunit.Sdk.XunitException($"The service ended: {await service.Error}");
    }

    /// <summary>A copy of the program whose methods print their files.</summary>
    private string PrintFiles()
    {
        var program = Directory.CreateDirectory(Path.Combine(_folder, "program")).FullName;
        foreach (var file in Directory.EnumerateFileSystemEntries(AppContext.BaseDirectory))
        {
            var copy = Path.Combine(program, Path.GetFileName(file));
            if (Assemblies.Contains(Path.GetFileName(file))) PrintFiles(file, copy);
            else File.CreateSymbolicLink(copy, file);
        }

        return Path.Combine(program, "CleanUsers.WebApi.dll");
    }

    private static void PrintFiles(string assembly, string copy)
    {
        using var module = ModuleDefinition.ReadModule(assembly, new ReaderParameters { ReadSymbols = true });
        var print = module.ImportReference(typeof(Console).GetMethod(nameof(Console.WriteLine), [typeof(string)]));
        foreach (var method in module.GetTypes().SelectMany(type => type.Methods).Where(method => method.HasBody))
        {
            if (FileOf(method) is not { } file) continue;
            var body = method.Body.GetILProcessor();
            var first = method.Body.Instructions[0];
            body.InsertBefore(first, body.Create(OpCodes.Ldstr, Marker + file));
            body.InsertBefore(first, body.Create(OpCodes.Call, print));
        }

        module.Write(copy);
    }

    /// <summary>The path in the repository; null for code that was generated.</summary>
    private static string? FileOf(MethodDefinition method)
    {
        var path = method.DebugInformation.SequencePoints.FirstOrDefault(point => !point.IsHidden)?.Document.Url.Replace('\\', '/');
        if (path is null || path.Contains("/obj/", StringComparison.Ordinal) || path.EndsWith(".g.cs", StringComparison.Ordinal)) return null;
        var project = new[] { "/Domain/", "/Application/", "/Infrastructure/", "/WebApi/" }
            .Select(name => path.LastIndexOf(name, StringComparison.Ordinal)).Where(start => start >= 0).DefaultIfEmpty(-1).Min();
        return project < 0 ? null : path[(project + 1)..];
    }
}
