using System.Net.Sockets;
using Microsoft.Extensions.Configuration;
using Rtc.Media.Codecs;
using Rtc.Server.Options;

namespace Rtc.Server.Tests.Options;

public sealed class OptionsBinderTests
{
    [Fact]
    public void Nothing_given_is_the_defaults()
    {
        OptionsReading reading = Read();

        Assert.Empty(reading.Errors);
        Assert.Equal(8080, reading.Options.Http.Port);
        Assert.Equal(8443, reading.Options.Http.HttpsPort);
        Assert.Equal(8444, reading.Options.Media.Port);
        Assert.Equal(30, reading.Options.Rooms.LingerSeconds);
        Assert.Equal(64 * 1024, reading.Options.Limits.MessageBytes);
        Assert.False(reading.Options.Auth.Public);
    }

    [Fact]
    public void A_list_is_one_value_with_commas_or_numbered_values()
    {
        OptionsReading commas = Read(("Media:AdvertisedAddresses", "203.0.113.5, 2001:db8::1"));
        OptionsReading numbered = Read(("Media:AdvertisedAddresses:0", "203.0.113.5"), ("Media:AdvertisedAddresses:1", "2001:db8::1"));

        Assert.Empty(commas.Errors);
        Assert.Equal(["203.0.113.5", "2001:db8::1"], commas.Options.Media.AdvertisedAddresses);
        Assert.Equal(commas.Options.Media.AdvertisedAddresses, numbered.Options.Media.AdvertisedAddresses);
    }

    [Fact]
    public void A_choice_is_one_of_its_words()
    {
        Assert.Equal(CodecHardware.Off, Read(("Media:Hardware", "Off")).Options.Media.Hardware);
        Assert.Equal(CodecHardware.Auto, Read().Options.Media.Hardware);
        foreach (string wrong in (string[])["1", "gpu", "auto,off"])
        {
            Assert.Equal([$"Media:Hardware must be auto, off or always, not \"{wrong}\""], Read(("Media:Hardware", wrong)).Errors);
        }
    }

    [Fact]
    public void Ice_servers_are_records_in_a_list()
    {
        OptionsReading reading = Read(
            ("Media:IceServers:0:Urls", "stun:stun.example.org:3478"),
            ("Media:IceServers:1:Urls:0", "turn:turn.example.org:3478?transport=udp"),
            ("Media:IceServers:1:Username", "u"),
            ("Media:IceServers:1:Credential", "c"));

        Assert.Empty(reading.Errors);
        Assert.Equal(2, reading.Options.Media.IceServers.Length);
        Assert.Equal("c", reading.Options.Media.IceServers[1].Credential);
    }

    [Theory]
    [InlineData("Model", "yolox_nano", "Model takes no value itself; it has Model:")]
    [InlineData("Media:IceServers", "stun:stun.example.org:3478", "Media:IceServers takes no value itself; its first entry is ")]
    [InlineData("Media:IceServers:0", "stun:stun.example.org:3478", "Media:IceServers:0 takes no value itself; it has ")]
    [InlineData("Http:Port:First", "5", "Http:Port takes one value")]
    [InlineData("Model:Name:0", "yolox_nano", "Model:Name takes one value")]
    public void Value_at_the_wrong_depth_is_an_error(string name, string value, string expected)
    {
        string error = Assert.Single(Read((name, value)).Errors);

        Assert.StartsWith(expected, error, StringComparison.Ordinal);
    }

    [Fact]
    public void All_errors_of_a_start_are_reported_together()
    {
        OptionsReading reading = Read(
            ("Http:Port", "many"), ("Media:Port", "70000"), ("Http:Tls", "perhaps"), ("Http:Prot", "1"), ("Colour", "red"));

        Assert.Equal(5, reading.Errors.Count);
        Assert.Contains(reading.Errors, error => error.StartsWith("Http:Port must be a whole number", StringComparison.Ordinal));
        Assert.Contains(reading.Errors, error => error.StartsWith("Media:Port must lie between 0 and 65535", StringComparison.Ordinal));
        Assert.Contains(reading.Errors, error => error.StartsWith("Http:Tls must be true or false", StringComparison.Ordinal));
        Assert.Contains(reading.Errors, error => error.StartsWith("Http:Prot is no option", StringComparison.Ordinal));
        Assert.Contains(reading.Errors, error => error.StartsWith("Colour is no option", StringComparison.Ordinal));
    }

    [Fact]
    public void Error_is_one_line_without_control_characters()
    {
        OptionsReading reading = Read(("Http:Port", "1\u001b[31m\n2"));

        string error = Assert.Single(reading.Errors);
        Assert.DoesNotContain(error, char.IsControl);
    }

    [Theory]
    [InlineData("Http:Host", "not an address")]
    [InlineData("Http:HttpsPort", "8080")]
    [InlineData("Http:CertificateFile", "/nowhere/cert.pem")]
    [InlineData("Http:CorsOrigins", "https://example.org/path")]
    [InlineData("Http:CorsOrigins", "example.org")]
    [InlineData("Http:TrustedProxies", "proxy")]
    [InlineData("Media:Port", "8443")]
    [InlineData("Media:MinBitrateKbps", "2000")]
    [InlineData("Media:AdvertisedAddresses", "0.0.0.0")]
    [InlineData("Media:StunServer", "stun.example.org")]
    [InlineData("Media:StunServer", "::1:3478")]
    [InlineData("Media:IceServers:0:Urls", "http://example.org")]
    [InlineData("Media:IceServers:0:Urls", "turn:turn.example.org:3478")]
    [InlineData("Model:OnnxRuntime", "/nowhere/libonnxruntime.so")]
    [InlineData("Auth:ApiKey", "short")]
    [InlineData("Auth:TokenKey", "also short")]
    [InlineData("Auth:ApiKeyFile", "/nowhere/key")]
    [InlineData("Tunnel:Kind", "wormhole")]
    [InlineData("Telemetry:OtlpEndpoint", "localhost:4317")]
    public void Option_value_that_cannot_work_is_one_error(string path, string value) => Assert.Single(Read((path, value)).Errors);

    [Fact]
    public void A_public_server_needs_both_keys()
    {
        Assert.Equal(2, Read(("Auth:Public", "true")).Errors.Count);
        Assert.Empty(Read(("Auth:Public", "true"), ("Auth:ApiKey", new string('a', 16)), ("Auth:TokenKey", new string('b', 32))).Errors);
    }

    [Fact]
    public void Tokens_without_an_api_key_are_refused_at_start()
    {
        string error = Assert.Single(Read(("Auth:TokenKey", new string('b', 32))).Errors);

        Assert.Contains("RTC__AUTH__APIKEY", error, StringComparison.Ordinal);
        Assert.Empty(Read(("Auth:TokenKey", new string('b', 32)), ("Auth:ApiKey", new string('a', 16))).Errors);
    }

    [Fact]
    public void A_turn_server_has_a_secret_or_a_name_and_password()
    {
        const string Server = "Media:IceServers:0:";
        const string Url = "turn:turn.example.org:3478";
        Assert.Empty(Read((Server + "Urls", Url), (Server + "Secret", new string('s', 16))).Errors);
        Assert.Empty(Read((Server + "Urls", Url), (Server + "Username", "user"), (Server + "Credential", "password")).Errors);
        Assert.Single(Read((Server + "Urls", Url), (Server + "Secret", "short")).Errors);
        Assert.Single(Read((Server + "Urls", Url), (Server + "Secret", new string('s', 16)), (Server + "Username", "user")).Errors);
    }

    [Theory]
    [InlineData("Bucket:Name", "Not A Bucket")]
    [InlineData("Bucket:Endpoint", "s3.example.org")]
    [InlineData("Bucket:Prefix", "/rtc/")]
    [InlineData("Bucket:Prefix", "rtc?")]
    [InlineData("Bucket:SecretKey", "")]
    [InlineData("Bucket:CredentialsFile", "/no/such/file")]
    public void A_bucket_has_a_name_an_address_and_a_key(string path, string value)
    {
        (string, string)[] bucket =
        [
            ("Bucket:Name", "rtc"), ("Bucket:Endpoint", "https://s3.example.org"), ("Bucket:KeyId", "AKIA"),
            ("Bucket:SecretKey", "a/secret"), ("Bucket:Prefix", "rtc/"),
        ];

        Assert.Empty(Read(bucket).Errors);
        Assert.StartsWith(
            path, Assert.Single(Read([.. bucket.Where(one => one.Item1 != path), (path, value)]).Errors), StringComparison.Ordinal);
    }

    [Fact]
    public void A_key_comes_from_a_file_without_its_line_break_and_is_never_shown()
    {
        string file = Path.GetTempFileName();
        File.WriteAllText(file, "secret-secret-secret\n");

        OptionsReading read = Read(("Auth:ApiKeyFile", file));
        OptionsReading tooShort = Read(("Auth:ApiKey", "hush"));
        File.Delete(file);

        Assert.Equal("secret-secret-secret", read.Options.Auth.ApiKey);
        Assert.DoesNotContain("hush", Assert.Single(tooShort.Errors), StringComparison.Ordinal);
    }

    [Fact]
    public void A_later_source_wins_over_an_earlier_one_also_for_lists()
    {
        string folder = Directory.CreateTempSubdirectory().FullName;
        File.WriteAllText(
            Path.Combine(folder, "appsettings.json"),
            """{"Rtc":{"Http":{"Port":9001,"HttpsPort":9002},"Media":{"AdvertisedAddresses":["192.0.2.1","192.0.2.2"]}}}""");

        OptionsReading reading = OptionsSource.Read(
            folder, new Dictionary<string, string?> { ["Http:Port"] = "9003", ["Media:AdvertisedAddresses"] = "192.0.2.3" });
        Directory.Delete(folder, recursive: true);

        Assert.Empty(reading.Errors);
        Assert.Equal(9003, reading.Options.Http.Port);
        Assert.Equal(9002, reading.Options.Http.HttpsPort);
        Assert.Equal(["192.0.2.3"], reading.Options.Media.AdvertisedAddresses);
    }

    [Fact]
    public void Settings_file_that_is_no_json_is_one_error()
    {
        string folder = Directory.CreateTempSubdirectory().FullName;
        File.WriteAllText(Path.Combine(folder, "appsettings.json"), "{ nonsense");

        OptionsReading reading = OptionsSource.Read(folder, new Dictionary<string, string?>());
        Directory.Delete(folder, recursive: true);

        Assert.Single(reading.Errors);
    }

    [Fact]
    public void Settings_file_that_can_not_be_opened_is_one_error()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "a socket is no file there");
        string folder = Directory.CreateTempSubdirectory().FullName;
        using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        socket.Bind(new UnixDomainSocketEndPoint(Path.Combine(folder, "appsettings.json")));

        OptionsReading reading = OptionsSource.Read(folder, new Dictionary<string, string?>());
        Directory.Delete(folder, recursive: true);

        Assert.Contains("appsettings.json", Assert.Single(reading.Errors), StringComparison.Ordinal);
    }

    private static OptionsReading Read(params (string Path, string Value)[] values)
    {
        IConfigurationRoot configuration = new ConfigurationBuilder()
            .AddInMemoryCollection(values.Select(pair => KeyValuePair.Create(pair.Path, (string?)pair.Value)))
            .Build();
        return OptionsSource.Read(configuration, []);
    }
}
