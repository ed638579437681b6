namespace Rtc.Server.Options;

/// <summary>What a start reads its options from, and all that was wrong with them.</summary>
internal sealed record OptionsReading(RtcOptions Options, IReadOnlyList<string> Errors);

/// <summary>Gathers appsettings.json, the environment and the command line into one checked record.</summary>
internal static class OptionsSource
{
    /// <summary>The section of appsettings.json; the environment's RTC__ is the same name.</summary>
    private const string Section = "Rtc";

    public static OptionsReading Read(string directory, IReadOnlyDictionary<string, string?> commandLine, bool serving = true)
    {
        var errors = new List<string>();
        var builder = new ConfigurationBuilder();
        foreach (string file
            in new[] { Path.Combine(AppContext.BaseDirectory, "appsettings.json"), Path.Combine(directory, "appsettings.json") }.Distinct())
        {
            builder.AddJsonFile(file, optional: true, reloadOnChange: false);
        }

        builder.AddEnvironmentVariables();
        builder.AddInMemoryCollection(commandLine.Select(pair => KeyValuePair.Create($"{Section}:{pair.Key}", pair.Value)));
        IConfigurationRoot configuration;
        try
        {
            configuration = builder.Build();
        }
        catch (Exception error) when (error is InvalidDataException or IOException or UnauthorizedAccessException)
        {
            return new OptionsReading(new RtcOptions(), [$"{error.Message} {error.InnerException?.Message}".Trim()]);
        }

        return Read(configuration.GetSection(Section), errors, serving);
    }

    public static OptionsReading Read(IConfiguration section, List<string> errors, bool serving = true)
    {
        RtcOptions options = OptionsBinder.Bind<RtcOptions>(section, string.Empty, errors);
        options = options with
        {
            Auth = options.Auth with
            {
                ApiKey = KeyOf(options.Auth.ApiKey, options.Auth.ApiKeyFile, "Auth:ApiKeyFile", errors),
                TokenKey = KeyOf(options.Auth.TokenKey, options.Auth.TokenKeyFile, "Auth:TokenKeyFile", errors),
            },
        };
        if (errors.Count == 0)
        {
            OptionsCheck.Check(options, errors, serving);
        }

        return new OptionsReading(options, errors);
    }

    /// <summary>A key given directly wins over its file; the file's last line break is not part of the key.</summary>
    private static string? KeyOf(string? given, string? file, string name, List<string> errors)
    {
        if (given is not null || file is null)
        {
            return given;
        }

        try
        {
            return File.ReadAllText(file).Trim();
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            errors.Add($"{name}: {error.Message}");
            return null;
        }
    }
}
