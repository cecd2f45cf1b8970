using BenchmarkDotNet.Running;
using CleanUsers.Benchmarks;

BenchmarkSwitcher.FromAssembly(typeof(Parsing).Assembly).Run(args);
