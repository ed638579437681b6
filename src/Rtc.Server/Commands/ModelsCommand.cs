using System.CommandLine;
using System.Globalization;
using Rtc.Inference.Catalogue;
using Rtc.Server.Options;
using Rtc.Server.Startup;

namespace Rtc.Server.Commands;

/// <summary><c>rtc models</c>: what the catalogue offers and the folder holds, fetching, and checking what was fetched.</summary>
internal static class ModelsCommand
{
    private const double Mebibyte = 1 << 20;

    public static Command Create()
    {
        var command = new Command("models", "List, fetch and check models.");
        command.Subcommands.Add(List());
        command.Subcommands.Add(Pull());
        command.Subcommands.Add(Verify());
        return command;
    }

    private static Command List()
    {
        var command = new Command("list", "What the catalogue offers and what the models folder holds.");
        Option<bool> json = CommandJson.AddTo(command);
        command.SetAction(result => WithStore(result, (store, _) =>
        {
            TextWriter output = result.InvocationConfiguration.Output;
            if (result.GetValue(json))
            {
                output.WriteLine(CommandJson.Of(new
                {
                    Directory = store.Location,
                    Models = store.Catalogue.Entries
                        .Select(entry => new { entry.Name, entry.Task, entry.Licence, Bytes = entry.Size, OnDisk = store.IsComplete(entry),
                            IsDefault = ModelName.Same(entry.Name, store.Catalogue.Default) })
                        .Concat(OwnFiles(store).Select(file => new { Name = Path.GetFileNameWithoutExtension(file), Task = "unknown",
                            Licence = "unknown", Bytes = new FileInfo(file).Length, OnDisk = true, IsDefault = false })),
                }));
                return Task.FromResult(RtcCommand.Good);
            }

            foreach (CatalogueEntry entry in store.Catalogue.Entries)
            {
                string here = store.IsComplete(entry) ? "here" : "-";
                string chosen = ModelName.Same(entry.Name, store.Catalogue.Default) ? "  (default)" : string.Empty;
                output.WriteLine(
                    string.Create(
                        CultureInfo.InvariantCulture,
                        $"{here,-5} {entry.Name,-22} {entry.Task,-12} {entry.Size / Mebibyte,8:0.0} MiB  {entry.Licence}{chosen}"));
            }

            foreach (string file in OwnFiles(store))
            {
                output.WriteLine(
                    string.Create(
                        CultureInfo.InvariantCulture,
                        $"{"here",-5} {Path.GetFileNameWithoutExtension(file),-22} {"own file",-12} "
                            + $"{new FileInfo(file).Length / Mebibyte,8:0.0} MiB"));
            }

            return Task.FromResult(RtcCommand.Good);
        }));
        return command;
    }

    private static Command Pull()
    {
        var command = new Command("pull", "Fetch models of the catalogue; their SHA-256 is checked.");
        var names = new Argument<string[]>("NAME")
        {
            Description = "Models to fetch; \"default\" or none is the default one",
            Arity = ArgumentArity.ZeroOrMore,
        };
        command.Arguments.Add(names);
        Option<bool> json = CommandJson.AddTo(command);
        command.SetAction((result, cancel) => WithStore(result, async (store, error) =>
        {
            var pulled = new List<object>();
            string[] wanted = result.GetValue(names) is { Length: > 0 } given ? given : ["default"];
            foreach (string name in wanted.Select(name => name == "default" ? store.Catalogue.Default : name))
            {
                if (store.Catalogue.Find(name) is null)
                {
                    await error.WriteLineAsync($"rtc: the catalogue has no model {Printable(name)} (rtc models list)");
                    return RtcCommand.Misused;
                }

                if (await store.PullAsync(name, progress: null, cancel) is { } problem)
                {
                    await error.WriteLineAsync($"rtc: {name}: {problem.ReplaceLineEndings(" ")}");
                    return RtcCommand.Failed;
                }

                pulled.Add(new { Name = name, Directory = store.Location });
                if (!result.GetValue(json))
                {
                    await result.InvocationConfiguration.Output.WriteLineAsync($"{name} is in {store.Location}");
                }
            }

            if (result.GetValue(json))
            {
                await result.InvocationConfiguration.Output.WriteLineAsync(CommandJson.Of(new { Pulled = pulled }));
            }

            return RtcCommand.Good;
        }));
        return command;
    }

    private static Command Verify()
    {
        var command = new Command("verify", "Check the SHA-256 of fetched models.");
        var name = new Argument<string>("NAME") { Description = "One model; none is all that are here", Arity = ArgumentArity.ZeroOrOne };
        command.Arguments.Add(name);
        Option<bool> json = CommandJson.AddTo(command);
        command.SetAction((result, cancel) => WithStore(result, async (store, error) =>
        {
            string? wanted = result.GetValue(name);
            if (wanted is not null && store.Catalogue.Find(wanted) is null)
            {
                await error.WriteLineAsync($"rtc: the catalogue has no model {Printable(wanted)} (rtc models list)");
                return RtcCommand.Misused;
            }

            bool good = true;
            IReadOnlyList<VerifyResult> checkedFiles = [.. await store.VerifyAsync(wanted, cancel)];
            if (result.GetValue(json))
            {
                await result.InvocationConfiguration.Output.WriteLineAsync(CommandJson.Of(new
                {
                    Files = checkedFiles.Select(file => new { file.File, Ok = file.Problem is null, Error = file.Problem }),
                }));
                return checkedFiles.All(file => file.Problem is null) ? RtcCommand.Good : RtcCommand.Failed;
            }

            foreach (VerifyResult verified in checkedFiles)
            {
                await result.InvocationConfiguration.Output.WriteLineAsync(
                    $"{(verified.Problem is null ? "ok  " : "BAD ")}  {verified.File}  {verified.Problem}".TrimEnd());
                good &= verified.Problem is null;
            }

            return good ? RtcCommand.Good : RtcCommand.Failed;
        }));
        return command;
    }

    private static async Task<int> WithStore(ParseResult result, Func<ModelStore, TextWriter, Task<int>> work)
    {
        TextWriter error = result.InvocationConfiguration.Error;
        OptionsReading reading = OptionsSource.Read(Directory.GetCurrentDirectory(), new Dictionary<string, string?>());
        if (reading.Errors.Count > 0)
        {
            await error.WriteLineAsync($"rtc: {reading.Errors[0]}");
            return RtcCommand.Misused;
        }

        string directory = RtcPaths.Find().Resolve(reading.Options.Model.Directory);
        ModelCatalogue catalogue = ModelCatalogue.Load(directory, out string? problem);
        if (problem is not null)
        {
            await error.WriteLineAsync($"rtc: {problem.ReplaceLineEndings(" ")}");
        }

        using var http = new HttpClient();
        return await work(new ModelStore(directory, catalogue, http), error);
    }

    private static IEnumerable<string> OwnFiles(ModelStore store) =>
        Directory.Exists(store.Location)
            ? Directory.EnumerateFiles(store.Location, "*.onnx")
                .Where(file => !store.Catalogue.Entries.Any(entry => entry.Files.Any(known => known.Name == Path.GetFileName(file))))
                .Order(StringComparer.Ordinal)
            : [];

    private static string Printable(string text) => string.Concat(text.Take(60).Select(c => char.IsControl(c) ? '?' : c));
}
