using System.Reflection;
using Rtc.Architecture.Tests.Wrong.High;
using Rtc.Architecture.Tests.Wrong.Low;

namespace Rtc.Architecture.Tests;

/// <summary>Folders use only those below them, so that none can be understood only together with another.</summary>
public sealed class FolderOrderTests
{
    // Lowest first; "." is the project's own folder.
    private static readonly FolderOrder[] s_orders =
    [
        new("Rtc.Bitstream", ". H264 Vp8"),
        new("Rtc.Peer", "Primitives", "Stun Srtp Sctp Rtp Rtcp Sdp", "Ice Congestion", "Dtls Receive Send", "Session", "."),
        new("Rtc.Client", "Media", "."),
        new(
            "Rtc.Media",
            "Native",
            ".",
            "Yuv Imaging Tensors Drawing.Letters",
            "Drawing Codecs",
            "Codecs.Av Codecs.Vpx",
            "Images",
            "Codecs.H264 Containers",
            "Containers.Reading",
            "Containers.Writing",
            "Factory"),
        new("Rtc.Inference", "Onnx", ".", "Catalogue Motion Prepare", "Layouts", "Running", "Detect Graphs Segment", "Hosting"),
        new("Rtc.Cluster", "Nodes Rooms", "Tables", "Silo", "."),
        new("Rtc.Signaling", "Frames Messages", ".", "Hub Whip"),
        new(
            "Rtc.Pipeline",
            "Settings Load Tracking Decoding",
            "Zones Remote",
            "Rules",
            "Results",
            "Detecting Following Masks",
            "Scene",
            "Targets Privacy",
            "Rendering Encoding",
            "Loops",
            "."),
        new("Rtc.Analysis", "Options Records", "Scenes Tracking", "Language Looking", "Reading", "Exports", ".", "Reframing"),
        new("Rtc.Jobs", "."),
        new("Rtc.Studio", ".", "Clips", "Flow Sound", "Masks", "Removal Text", "Tasks"),
        new("Rtc.Store", "Sql Files", "Engines Migrations Buckets", ".", "Users", "Videos Rules", "Queue Events", "Results"),
        new(
            "Rtc.Server",
            "Options Native Tunnel Docs Models",
            "Startup Addresses",
            "Certificates Metrics",
            "Http Network",
            "Authorization Limits Load",
            "Health",
            "Recordings Rules",
            "Rooms",
            "Frames Accounts Cluster",
            "Jobs Videos",
            "Studio Events",
            "Routes",
            "Hosting",
            "Doctor",
            "Commands",
            "."),
    ];

    public static TheoryData<string> Projects => [.. s_orders.Select(order => order.Project)];

    [Fact]
    public void Every_project_has_an_order() => Assert.Equal(Repository.Projects, Projects.Select(row => row.Data).Order());

    [Theory]
    [MemberData(nameof(Projects))]
    public void Folders_use_only_those_below_them(string project)
    {
        FolderOrder order = s_orders.Single(order => order.Project == project);
        SourceFile[] sources = [.. Repository.Sources(project)];
        Rule.Holds(order.Violations(FolderGraph.Of(Assembly.Load(ProjectReferenceTests.AssemblyName(project)), sources),
            sources.Select(file => file.FolderNamespace).Distinct()));
    }

    [Theory]
    [InlineData("Wrong.Low Wrong.High")]
    [InlineData("Wrong.Low", "Wrong.High")]
    public void Arrow_upward_or_sideways_is_found_wherever_the_code_hides_it(params string[] lines)
    {
        var order = new FolderOrder("Rtc.Architecture.Tests", lines);
        IReadOnlyList<FolderArrow> arrows = FolderGraph.Of(typeof(UsesInBody).Assembly, []);
        Rule.IsBroken(order.Violations(arrows, []), "Rtc.Architecture.Tests.Wrong.Low must not use Rtc.Architecture.Tests.Wrong.High");
        foreach (Type low
            in (Type[])[typeof(UsesInBody), typeof(UsesInLambda), typeof(UsesInIterator), typeof(UsesAsArgument), typeof(UsesInAttribute)])
        {
            Type[] closures = low.GetNestedTypes(BindingFlags.NonPublic);
            Assert.Contains(closures.Append(low).SelectMany(TypeReferences.Of), used => used.Namespace == typeof(Tall).Namespace);
        }
    }

    [Fact]
    public void Using_is_an_arrow_though_the_compiler_leaves_no_trace_of_it()
    {
        SourceFile[] sources =
        [
            new("Rtc.Peer/Rtp/Low.cs", "using static Rtc.Peer.Session.Limits;\nnamespace Rtc.Peer.Rtp;\n"),
            new("Rtc.Peer/Session/Limits.cs", "namespace Rtc.Peer.Session;\n"),
        ];
        FolderArrow arrow = Assert.Single(FolderGraph.Of(typeof(Rule).Assembly, sources), arrow => arrow.From == "Rtc.Peer.Rtp");
        Assert.Equal("Rtc.Peer.Session", arrow.To);
        Rule.IsBroken(
            new FolderOrder("Rtc.Peer", "Rtp", "Session").Violations([arrow], []), "using Rtc.Peer.Session.Limits in Rtc.Peer/Rtp/Low.cs");
        Rule.IsBroken(new FolderOrder("Rtc.Peer", "Rtp").Violations([], ["Rtc.Peer.Srtp"]), "Rtc.Peer.Srtp stands in no line");
    }
}
