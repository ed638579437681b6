namespace Rtc.Media.Drawing.Letters;

/// <summary>The letters of Greek that Latin does not have.</summary>
internal static class GreekShapes
{
    public static readonly string[] Drawn =
    [
        "Γ 9:90000k",
        "Δ e:0k70ek0k",
        "Θ c:@6a6a0o 3a9a",
        "Λ c:0k60ck",
        "Ξ b:00b0 2a9a 0kbk",
        "Π c:0k00c0ck",
        "Σ b:b0006a0kbk",
        "Φ e:@7a760o 707k",
        "Ψ e:0006 e0e6 @76770c 707k",
        "Ω e:@78788s 4f4k0k afakek",
        "α c:@5d570o c6adck",
        "β a:0q05 @4545cu @4f65iu 4k0h",
        "γ a:065ja6 5j5q",
        "δ a:@5e560o 9140239b",
        "ε 9:@59436m @5g542i",
        "ζ 8:10802a0d0g2j6k8m8o5q",
        "η a:060k @5b55co abaq",
        "θ a:@5a5a0o 0aaa",
        "ι 3:060h @3h336c",
        "λ a:0020ak 690k",
        "ξ 8:1080 @54446i 5878 @5e566i 5k7l8n7p5q",
        "π c:06c6 363k 969k",
        "ρ a:0d0q @5d570o",
        "σ c:@5d570o 56c6",
        "ς 9:@5d576l 5k8m6q",
        "τ 9:0696 464h @7h336c",
        "υ a:060d @5d570c ada6",
        "φ c:@6d670o 606q",
        "χ a:06aq 0qa6",
        "ψ e:060c e6ec @7c780c 707q",
        "ω g:260a0g @4g440c 8g8b @cg440c gggae6",
    ];

    public const string Small = "Kκ";

    public const string Shared = "AΑBΒEΕZΖHΗIΙKΚMΜNΝOΟPΡTΤYΥXΧoοvνµμ";
}
