namespace Rtc.Media.Drawing.Letters;

/// <summary>The letters of Cyrillic that neither Latin nor Greek has: those of the Slavic languages.</summary>
internal static class CyrillicShapes
{
    public static readonly string[] Drawn =
    [
        "Б b:a0000k 0a6a 0k6k @6f55iu",
        "Д e:0o0kekeo 2k50c0ck",
        "Ж i:909k 009ai0 0k9aik",
        "И c:000kc0ck",
        "Л c:ckc0403e2i0k",
        "У b:006c b05f3j0k",
        "Ц d:000kdkdo b0bk",
        "Ч b:0006 @66656c 6bbb b0bk",
        "Ш g:000kgkg0 808k",
        "Щ i:000kikio g0gk 808k",
        "Ъ e:00404k 4a9a 4k9k @9f55iu",
        "Ы f:000k 0a5a 0k5k @5f55iu f0fk",
        "Ь b:000k 0a6a 0k6k @6f55iu",
        "Э b:@5a6afx 3aba",
        "Ю i:000k 0a6a @ca6a0o",
        "Я b:bkb0 50b0 5aba @55556i 6a0k",
        "Є b:@6a6a3l 0a8a",
        "Ђ e:00b0 404k @9d55co edei @ai4406",
        "Ћ e:00b0 404k @9d55co edek",
        "Љ k:aka0303c2i0k aafa akfk @ff55iu",
        "Њ k:000k 0afa a0akfk @ff55iu",
        "Џ c:000kckc0 6k6o",
        "б a:@5e560o 0e093492a0",
        "ђ c:202k @7b55co cbcn @9n3306 0383",
    ];

    public const string Small = "BвΓгДдЖж3зИиKкЛлMмHнΠпTтЦцЧчШшЩщЪъЫыЬьЭэЮюЯяЄєЉљЊњЏџ";

    public const string Shared =
        "AАBВΓГEЕ3ЗKКMМHНOОΠПPРCСTТΦФXХSЅIІJЈaаeеoоpрcсyуφфxхsѕiіjјħћ";
}
