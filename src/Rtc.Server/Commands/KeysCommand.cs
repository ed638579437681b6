using System.CommandLine;
using System.Globalization;
using Rtc.Server.Accounts;
using Rtc.Server.Options;
using Rtc.Store;
using Rtc.Store.Migrations;
using Rtc.Store.Users;

namespace Rtc.Server.Commands;

/// <summary><c>rtc keys</c>: makes, lists and revokes keys of users at the store of a server with the same options.</summary>
internal static class KeysCommand
{
    public static Command Create() => new("keys", "Make, list and revoke the keys of users.") { CreateOne(), List(), Revoke() };

    private static Command CreateOne()
    {
        var email = new Argument<string>("email") { Description = "Whose key it is", HelpName = "EMAIL" };
        var name = new Option<string>("--name")
        {
            Description = "What it is for",
            DefaultValueFactory = _ => string.Empty,
            HelpName = "NAME",
        };
        var command = new Command("create", "Make a key and print it alone, this once.") { email, name };
        Option<string[]> set = ServeCommand.AddSet(command);
        Option<bool> json = CommandJson.AddTo(command);
        command.SetAction((result, cancel) => AtStoreAsync(result, set, async users =>
        {
            string owner = result.GetValue(email)!.Trim();
            string purpose = result.GetValue(name)!.Trim();
            if (!KeyNames.AreGood(owner, purpose))
            {
                result.InvocationConfiguration.Error.WriteLine($"rtc: {KeyNames.Rule}");
                return RtcCommand.Misused;
            }

            (ApiKey row, string key) = await users.AddKeyAsync(owner, purpose, cancel);
            result.InvocationConfiguration.Output.WriteLine(
                result.GetValue(json) ? CommandJson.Of(new { KeyId = row.Id, Key = key, row.Prefix, row.Email, row.Name }) : key);
            return RtcCommand.Good;
        }));
        return command;
    }

    private static Command List()
    {
        var command = new Command("list", "List all keys, newest first.");
        Option<string[]> set = ServeCommand.AddSet(command);
        Option<bool> json = CommandJson.AddTo(command);
        command.SetAction((result, cancel) => AtStoreAsync(result, set, async users =>
        {
            List<ApiKey> keys = await users.KeysAsync(cancel);
            TextWriter output = result.InvocationConfiguration.Output;
            if (result.GetValue(json))
            {
                output.WriteLine(CommandJson.Of(new
                {
                    Keys = keys.Select(key =>
                        new { KeyId = key.Id, key.Prefix, key.Email, key.Name, key.CreatedAt, key.LastUsedAt, key.RevokedAt }),
                }));
                return RtcCommand.Good;
            }

            foreach (ApiKey key in keys)
            {
                string state = key.RevokedAt is null ? "good" : "revoked";
                output.WriteLine(string.Create(
                    CultureInfo.InvariantCulture,
                    $"{key.Id}  {key.Prefix}…  {state,-7}  {key.CreatedAt:yyyy-MM-dd}  {key.Email}  {key.Name}"));
            }

            return RtcCommand.Good;
        }));
        return command;
    }

    private static Command Revoke()
    {
        var id = new Argument<string>("id") { Description = "The key's id, as the list has it", HelpName = "ID" };
        var command = new Command("revoke", "Revoke a key: it opens nothing any more.") { id };
        Option<string[]> set = ServeCommand.AddSet(command);
        command.SetAction((result, cancel) => AtStoreAsync(result, set, async users =>
        {
            if (Guid.TryParse(result.GetValue(id), out Guid key) && await users.RevokeAsync(key, cancel))
            {
                return RtcCommand.Good;
            }

            result.InvocationConfiguration.Error.WriteLine("rtc: there is no such key; rtc keys list has their ids");
            return RtcCommand.Failed;
        }));
        return command;
    }

    private static async Task<int> AtStoreAsync(ParseResult result, Option<string[]> set, Func<UserTable, Task<int>> work)
    {
        TextWriter error = result.InvocationConfiguration.Error;
        OptionsReading reading =
            OptionsSource.Read(Directory.GetCurrentDirectory(), ServeCommand.Pairs(result.GetValue(set)), serving: false);
        if (reading.Errors.Count > 0)
        {
            error.WriteLine("rtc: " + reading.Errors[0]);
            return RtcCommand.Misused;
        }

        try
        {
            await using var database = new Database(StorePaths.Options(reading.Options), TimeProvider.System);
            return await work(new UserTable(database));
        }
        catch (Exception failed) when (failed is StoreUnavailableException or StoreVersionException)
        {
            error.WriteLine("rtc: " + failed.Message.ReplaceLineEndings(" "));
            return RtcCommand.Failed;
        }
    }
}
