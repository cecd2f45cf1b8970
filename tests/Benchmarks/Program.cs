using BenchmarkDotNet.Running;
using CleanUsers.Benchmarks;

if (args is ["pages", .. var rest]) await Pages.RunAsync(rest is [var users] ? int.Parse(users, null) : 100_000);
else if (args is ["logging", .. var times]) await Logging.RunAsync(times is [var rounds] ? int.Parse(rounds, null) : 10);
else BenchmarkSwitcher.FromAssembly(typeof(Parsing).Assembly).Run(args);
