using System.Text.RegularExpressions;

namespace Rtc.Architecture.Tests;

/// <summary>
/// What only tests use is no part of the program: each visible member of src is named somewhere in src beside its own declaration.
/// It goes by names, so that one that two types have counts as used.
/// </summary>
public sealed partial class UnusedMemberTests
{
    // Nothing of src is built on it: programs elsewhere are, and its accepted surface says what they may call.
    private const string Client = "Rtc.Client";

    // What tests count, switch or read back at a seam: nothing else would show a leak, or compare two ways of a computation.
    private static readonly string[] s_seams =
    [
        "Rtc.Media/Imaging/BlurKernels.cs: ScalarOnly",
        "Rtc.Media/PictureMemory.cs: ShareOf",
        "Rtc.Media/PicturePool.cs: Diagnostic",
        "Rtc.Media/PicturePool.cs: KeptBytes",
        "Rtc.Peer/Rtcp/RembView.cs: SourceCount",
        "Rtc.Peer/Sctp/SctpAssociation.cs: BuffersHeld",
        "Rtc.Peer/Sctp/SctpAssociation.cs: ChannelCount",
        "Rtc.Peer/Sdp/SdpNegotiation.cs: HasPendingOffer",
        "Rtc.Peer/Session/ReceivingSide.cs: BuffersOutstanding",
        "Rtc.Peer/Session/RtpSession.cs: Estimator",
        "Rtc.Pipeline/RoomPipeline.cs: Latest",
        "Rtc.Signaling/Hub/HubEntrance.cs: Unjoined",
        "Rtc.Store/Database.cs: IsUntouched",
    ];

    // The framework and Orleans call them by interfaces of their own.
    private static readonly string[] s_others =
    [
        "Rtc.Cluster/Silo/SiloFailure.cs: IsUnexpected",
        "Rtc.Cluster/Silo/SiloFailure.cs: OnFatalException",
        "Rtc.Cluster/Tables/PostgresMembership.cs: CleanupDefunctSiloEntries",
        "Rtc.Cluster/Tables/PostgresMembership.cs: DeleteMembershipTableEntries",
        "Rtc.Cluster/Tables/PostgresMembership.cs: InitializeMembershipTable",
        "Rtc.Cluster/Tables/PostgresMembership.cs: InsertRow",
        "Rtc.Cluster/Tables/PostgresMembership.cs: ReadRow",
        "Rtc.Cluster/Tables/PostgresMembership.cs: UpdateIAmAlive",
        "Rtc.Cluster/Tables/PostgresMembership.cs: UpdateRow",
        "Rtc.Server/Http/MadeFile.cs: PhysicalPath",
        "Rtc.Server/Routes/LoopTimeouts.cs: InvokeMethodAsync",
        "Rtc.Signaling/Hub/VisionHub.cs: FollowJob",
    ];

    [Fact]
    public void Members_of_src_are_used_in_src()
    {
        List<string> unused = Unused([.. Repository.Projects.Where(project => project != Client).SelectMany(Repository.Sources)]);
        Rule.Holds(unused.Except(s_seams).Except(s_others));
        Rule.Holds(s_seams.Concat(s_others).Except(unused).Select(entry => $"{entry} needs no exception any more"));
    }

    [Fact]
    public void Member_that_nothing_names_is_found()
    {
        SourceFile[] files =
        [
            new(
                "Rtc.Peer/A.cs",
                "class A\n{\n    public A(int at) { }\n    public int Read => 1;\n    internal static List<int> Alone(int at) => [at];\n"
                    + "    public const int Much = 2;\n    // Much more\n    public override string ToString() => \"\";\n}\n"),
            new("Rtc.Peer/B.cs", "class B\n{\n    private int At(A a) => a.Read;\n    public required int Alike { get; init; }\n}\n"),
            new("Rtc.Peer/C.cs", "class C : I\n{\n    public int Alike() => new B { Alike = 1 }.Alike;\n}\n"),
        ];
        Assert.Equal(["Rtc.Peer/A.cs: Alone", "Rtc.Peer/A.cs: Much"], Unused(files));
    }

    private static List<string> Unused(SourceFile[] files)
    {
        (SourceFile File, string Code)[] texts = [.. files.Select(file => (file, file.Code))];
        Dictionary<string, int> named = texts.SelectMany(text => Word().Matches(text.Code)).CountBy(match => match.Value).ToDictionary();
        return
        [
            .. texts.SelectMany(text => Member().Matches(text.Code).Select(match => match.Groups[1].Value).Distinct()
                .Where(name => named[name] == Regex.Count(text.Code, $@"\b(?:public|internal)\b[^;{{}}=\n]*\b{name}\b"))
                .Select(name => $"{text.File.Path}: {name}")).Order(StringComparer.Ordinal)
        ];
    }

    [GeneratedRegex(
        @"^[ ]+(?:public|internal)[ ]+(?!override\b|(?:\w+[ ]+)*(?:class|struct|interface|enum|record|operator|delegate)\b)"
            + @"(?:(?:static|readonly|required|virtual|abstract|async|const|new|unsafe|partial|ref)[ ]+)*"
            + @"[\w<>\[\]?,.*() ]+?[ ]+(\w+)(?:<[\w, ]+>)?\s*(?:\(|\{|=>|=|;)",
        RegexOptions.Multiline)]
    private static partial Regex Member();

    [GeneratedRegex(@"\b\w+\b")]
    private static partial Regex Word();
}
