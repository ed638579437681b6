namespace Rtc.Media.Drawing.Letters;

/// <summary>Punctuation, money and small figures outside of ASCII: all of Latin-1, and what text in other languages uses.</summary>
internal static class SignShapes
{
    public static readonly string[] Drawn =
    [
        "¡ 0:0606 0d0q",
        "¢ 9:@5d573l 535n",
        "£ b:@8555cm 353g0kbk 0b8b",
        "¤ c:@6a550o 0436 c4a6 0g2e cgae",
        "¥ c:006ac0 6a6k 1bbb 1fbf",
        "¦ 0:0009 0f0o",
        "§ a:@54446m @5b530o @5i44iy",
        "¨ 6:0101 6161",
        "© i:@9a990o @9a443l",
        "ª 6:@34330o 6167 0b6b",
        "« a:480d4i a86dai",
        "¬ a:0aaaaf",
        "® i:@9a990o 6e6696 @9822iu 6a9ace",
        "¯ 8:0181",
        "° 6:@33330o",
        "± a:09a9 545e 0jaj",
        "² 6:@3333cq 550a6a",
        "³ 6:@3232du @3733iy",
        "´ 4:0440",
        "µ a:060q @5f550c a6ak",
        "¶ b:b050 b0bk 707k @55556i 5a7a",
        "· 0:0b0b",
        "¸ 4:2k4m4o2q0q",
        "¹ 3:0330 303a",
        "º 6:@34330o 0b6b",
        "» a:084d0i 68ad6i",
        "¼ g:0230 3039 d03k ekeb9hgh",
        "½ g:0230 3039 d03k @de33cq fgakgk",
        "¾ h:@3232du @3733iy e04k fkfbahhh",
        "¿ a:@5l550i 5g5d 5656",
        "× 8:088g 0g88",
        "÷ a:0cac 5757 5h5h",
        "– b:0cbc",
        "— k:0ckc",
        "‘ 2:0026",
        "’ 2:2006",
        "‚ 2:2k0p",
        "“ 7:0026 5076",
        "” 7:2006 7056",
        "„ 7:2k0p 7k5p",
        "‹ 4:480d4i",
        "› 4:084d0i",
        "… c:0k0k 6k6k ckck",
        "† 8:404k 0686",
        "• 4:@2c220o @2c110o",
        "€ d:@8a7a3l 0888 0c9c",
        "№ j:0k00aka0 @g9340o dgjg",
        "™ f:0060 3038 9890c4f0f8",
    ];

    /// <summary>Pairs of a sign and another that is drawn like it.</summary>
    public const string Shared = "-‐-‑–‒–−—―'ʼ";
}
