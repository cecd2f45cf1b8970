using System.Xml.Linq;
using ArchUnitNET.Loader;
using ArchUnitNET.xUnitV3;
using static ArchUnitNET.Fluent.ArchRuleDefinition;

namespace CleanUsers.Architecture.Tests;

/// <summary>The dependencies that the README's map allows.</summary>
public sealed class Layers
{
    private static readonly ArchUnitNET.Domain.Architecture Code = new ArchLoader().LoadAssemblies(
        System.Reflection.Assembly.Load("CleanUsers.Domain"),
        System.Reflection.Assembly.Load("CleanUsers.Application"),
        System.Reflection.Assembly.Load("CleanUsers.Infrastructure"),
        System.Reflection.Assembly.Load("CleanUsers.WebApi")).Build();

    /// <summary>What each project may reference: by the project file, so that an unused reference is found too.</summary>
    [Theory]
    [InlineData("Domain")]
    [InlineData("Application", "Domain", "Ardalis.Result", "AutoMapper", "FluentValidation", "Microsoft.Extensions.DependencyInjection.Abstractions")]
    [InlineData(
        "Infrastructure", "Application", "MailKit", "Microsoft.EntityFrameworkCore.Design", "Microsoft.EntityFrameworkCore.Sqlite",
        "Microsoft.EntityFrameworkCore.SqlServer", "Npgsql.EntityFrameworkCore.PostgreSQL")]
    public void Project_references_only_what_is_allowed(string project, params string[] allowed)
    {
        var references = XDocument.Load(Path.Combine(Root(), project, $"{project}.csproj")).Descendants()
            .Where(element => element.Name.LocalName is "ProjectReference" or "PackageReference" or "FrameworkReference" or "Reference")
            .Select(element => element.Attribute("Include")!.Value)
            .Select(reference => reference.EndsWith(".csproj", StringComparison.Ordinal) ? Path.GetFileNameWithoutExtension(reference) : reference);
        Assert.Equal(allowed.Order(), references.Order());
    }

    [Fact]
    public void Domain_depends_only_on_the_base_library() => Types().That().ResideInNamespaceMatching("^CleanUsers\\.Domain")
        .Should().NotDependOnAnyTypesThat().ResideInNamespaceMatching(
            "^(CleanUsers\\.(Application|Infrastructure|WebApi)|Microsoft|Ardalis|FluentValidation|AutoMapper)")
        .Check(Code);

    [Fact]
    public void Application_depends_on_neither_a_database_nor_HTTP() => Types().That().ResideInNamespaceMatching("^CleanUsers\\.Application")
        .Should().NotDependOnAnyTypesThat().ResideInNamespaceMatching(
            "^(CleanUsers\\.(Infrastructure|WebApi)|Microsoft\\.(EntityFrameworkCore|AspNetCore|Data))")
        .Check(Code);

    [Fact]
    public void Infrastructure_does_not_depend_on_HTTP() => Types().That().ResideInNamespaceMatching("^CleanUsers\\.Infrastructure")
        .Should().NotDependOnAnyTypesThat().ResideInNamespaceMatching("^(CleanUsers\\.WebApi|Microsoft\\.AspNetCore)")
        .Check(Code);

    [Fact]
    public void Web_API_depends_on_the_infrastructure_only_in_commands_and_hosting() =>
        Types().That().ResideInNamespaceMatching("^CleanUsers\\.WebApi\\.")
        .And().DoNotResideInNamespaceMatching("^CleanUsers\\.WebApi\\.(Commands|Hosting)")
        .Should().NotDependOnAnyTypesThat().ResideInNamespaceMatching("^CleanUsers\\.Infrastructure")
        .Check(Code);

    [Fact]
    public void No_folder_has_a_meaningless_name()
    {
        string[] empty = ["Common", "Shared", "Helpers", "Utils", "Models", "Services"];
        var folders = Directory.EnumerateDirectories(Root(), "*", SearchOption.AllDirectories)
            .Where(folder => !folder.Contains($"{Path.DirectorySeparatorChar}bin", StringComparison.Ordinal)
                && !folder.Contains($"{Path.DirectorySeparatorChar}obj", StringComparison.Ordinal))
            .Where(folder => !folder.Contains("node_modules", StringComparison.Ordinal)
                && !folder.Contains($"{Path.DirectorySeparatorChar}.git", StringComparison.Ordinal));
        Assert.DoesNotContain(folders, folder => empty.Contains(Path.GetFileName(folder)));
    }

    private static string Root()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "CleanUsers.sln"))) folder = folder.Parent!;
        return folder.FullName;
    }
}
