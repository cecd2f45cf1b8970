using BenchmarkDotNet.Running;
using CleanUsers.Benchmarks;

if (args is ["pages", .. var rest]) await Pages.RunAsync(rest is [var users] ? int.Parse(users, null) : 100_000);
else BenchmarkSwitcher.FromAssembly(typeof(Parsing).Assembly).Run(args);
